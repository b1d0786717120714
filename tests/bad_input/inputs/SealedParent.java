public abstract sealed class SealedParent permits Somebody {}

final class Somebody extends SealedParent {}
