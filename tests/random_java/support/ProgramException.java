package support;

/** What generated programs throw themselves. */
public final class ProgramException extends RuntimeException {
    final int code;

    public ProgramException(int code) {
        super("code " + code);
        this.code = code;
    }
}
