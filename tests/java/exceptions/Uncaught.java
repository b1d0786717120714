// exit: 1
// stderr: compare
/** The text of an exception nobody catches, with cause and suppressed, and exit code 1. */
public class Uncaught {
    static class Problem extends RuntimeException {
        Problem(String m, Throwable c) { super(m, c); }
    }
    static void inner() { throw new IllegalArgumentException("the inner one"); }
    static void outer() {
        try {
            inner();
        } catch (IllegalArgumentException e) {
            Problem p = new Problem("the outer one\nwith two lines", e);
            p.addSuppressed(new Exception("and a suppressed one"));
            throw p;
        }
    }
    public static void main(String[] args) {
        System.out.println("before");
        outer();
        System.out.println("never");
    }
}
