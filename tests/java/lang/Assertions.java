// jvm: -ea -da:AssertionsOff
/** assert with and without messages, enabled for some classes only, in nested initializers. */
public class Assertions {
    static class On {
        static int evaluated;
        static String check(int x) {
            assert x > 0 : "x=" + x + " n=" + ++evaluated;
            return "ok " + x;
        }
    }
    static class Status {
        static final boolean ENABLED;
        static {
            boolean b = false;
            assert b = true;
            ENABLED = b;
        }
    }
    interface I {
        static void f(Object o) { assert o != null; }
    }
    static Object cause = new IllegalStateException("as cause");
    public static void main(String[] args) {
        System.out.println(AssertionsOff.check(-1) + " " + On.check(1) + " " + Status.ENABLED);
        try {
            On.check(-5);
        } catch (AssertionError e) { System.out.println(e.getMessage() + " " + On.evaluated); }
        try {
            I.f(null);
        } catch (AssertionError e) { System.out.println(e.getMessage()); }
        try {
            assert false : cause;
        } catch (AssertionError e) { System.out.println(e.getMessage() + " | " + e.getCause()); }
        try {
            assert false : 'c';
        } catch (AssertionError e) { System.out.println(e); }
        try {
            assert false : 1.5;
        } catch (AssertionError e) { System.out.println(e); }
        System.out.println(Assertions.class.desiredAssertionStatus() + " " + AssertionsOff.class.desiredAssertionStatus() + " "
            + String.class.desiredAssertionStatus());
    }
}

class AssertionsOff {
    static String check(int x) {
        assert x > 0 : "never";
        return "unchecked " + x;
    }
}
