/** Handler selection: order, ranges, subclasses, rethrow, handlers that throw, exceptions in loops and constructors. */
public class HandlerTables {
    static class E1 extends Exception {}
    static class E2 extends E1 {}
    static class E3 extends RuntimeException {
        E3(String m) { super(m); }
    }
    static String pick(Throwable t) {
        try {
            throw t;
        } catch (E2 e) { return "E2"; } catch (E1 e) {
            return "E1";
        } catch (RuntimeException e) { return "RT"; } catch (Error e) {
            return "Error";
        } catch (Throwable e) { return "Throwable"; }
    }
    static int rethrow(int n) throws Exception {
        try {
            if (n == 0) throw new E2();
            return rethrow(n - 1);
        } catch (Exception e) {
            if (n == 3) return n;
            throw e;
        }
    }
    static String handlerThrows() {
        try {
            try {
                throw new E3("a");
            } catch (E3 e) { throw new E3(e.getMessage() + "b"); }
        } catch (E3 e) { return e.getMessage() + "c"; }
    }
    static int loop() {
        int caught = 0;
        for (int i = -50; i < 50; i++) {
            try {
                caught += 100 / (i % 5);
            } catch (ArithmeticException e) { caught += 1000; }
        }
        return caught;
    }
    static class Half {
        static Half leaked;
        int v = 1;
        Half(boolean f) {
            leaked = this;
            v = 2;
            if (f) throw new E3("half");
            v = 3;
        }
    }
    static int operandStack(int a) { return a + thrower(a) * 2; }
    static int thrower(int a) {
        try {
            return a / (a - 2);
        } catch (ArithmeticException e) { return -1; }
    }
    static long count;
    static void deep(int n) {
        if (n == 0) throw new E3("deep");
        try {
            deep(n - 1);
        } finally { count++; }
    }
    public static void main(String[] args) throws Exception {
        for (Throwable t : new Throwable[] {new E2(), new E1(), new E3("x"), new StackOverflowError(), new Throwable(),
                 new InterruptedException()})
            System.out.print(pick(t) + " ");
        System.out.println(rethrow(5) + " " + handlerThrows() + " " + loop());
        try {
            new Half(true);
        } catch (E3 e) { System.out.println(e.getMessage() + Half.leaked.v); }
        System.out.println(operandStack(1) + " " + operandStack(2) + " " + operandStack(4));
        for (int i = 0; i < 100; i++) try {
                deep(100);
            } catch (E3 e) { count += 10000; }
        System.out.println(count);
        int sum = 0;
        for (int i = 0; i < 3000; i++) {
            try {
                if (i % 3 == 0) throw new E3("" + i);
                sum += i;
            } catch (E3 e) { sum -= e.getMessage().length(); }
        }
        System.out.println(sum);
        Object o = new Object();
        try {
            synchronized (o) { throw new E3("sync"); }
        } catch (E3 e) { System.out.println(Thread.holdsLock(o)); }
        try {
            syncMethod();
        } catch (E3 e) { System.out.println(Thread.holdsLock(HandlerTables.class)); }
    }
    static synchronized void syncMethod() { throw new E3("s"); }
}
