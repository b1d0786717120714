public class HasNative {
    static native int answer(String[] args, long number);

    public static void main(String[] args) {
        answer(args, 1);
    }
}
