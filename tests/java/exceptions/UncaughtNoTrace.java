// exit: 1
// stderr: compare
/** Uncaught: an exception class with its own toString and without a stack trace. */
public class UncaughtNoTrace {
    static class Quiet extends Exception {
        Quiet() { super("m", null, true, false); }
        @Override
        public String toString() {
            return "very quiet";
        }
    }
    public static void main(String[] args) throws Exception { throw new Quiet(); }
}
