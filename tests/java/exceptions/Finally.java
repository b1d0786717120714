/** What finally does to returns, throws, breaks and values. */
public class Finally {
    static StringBuilder log = new StringBuilder();
    @SuppressWarnings("finally")
    static int overrides() {
        try {
            return 1;
        } finally { return 2; }
    }
    static int keepsValue() {
        int x = 1;
        try {
            return x;
        } finally { x = 5; }
    }
    static int[] keepsRef() {
        int[] x = {1};
        try {
            return x;
        } finally { x[0] = 5; }
    }
    @SuppressWarnings("finally")
    static int swallows() {
        try {
            throw new RuntimeException("lost");
        } finally { return 3; }
    }
    @SuppressWarnings("finally")
    static int swallowsByBreak() {
        int n = 0;
        while (true) {
            try {
                n++;
                throw new Error("x");
            } finally {
                if (n == 4) break;
                continue;
            }
        }
        return n;
    }
    static void replaces() {
        try {
            throw new IllegalStateException("first");
        } finally {
            Object o = null;
            o.hashCode();
        }
    }
    static String nested(int mode) {
        StringBuilder b = new StringBuilder();
        try {
            try {
                b.append("t1 ");
                if (mode == 1) throw new IllegalArgumentException("iae");
                if (mode == 2) throw new IllegalStateException("ise");
                if (mode == 3) return b.append("ret ").toString();
                b.append("t2 ");
            } catch (IllegalArgumentException e) {
                b.append("c1 ");
                throw new RuntimeException("from catch", e);
            } finally {
                b.append("f1 ");
                log.append(mode).append("f1 ");
            }
            b.append("after ");
        } catch (IllegalStateException e) { b.append("c2 "); } catch (RuntimeException e) {
            b.append("c3:").append(e.getMessage()).append("<").append(e.getCause().getMessage()).append(" ");
        } finally {
            b.append("f2");
            log.append(mode).append("f2 ");
        }
        return b.toString();
    }
    static long wide(long a, double d) {
        try {
            return a + (long) d;
        } finally {
            log.append("wide ");
            a = 0;
            d = 0;
        }
    }
    static int deep(int n) {
        try {
            if (n == 0) throw new ArithmeticException("bottom");
            return deep(n - 1) + 1;
        } finally { log.append(n); }
    }
    static int loops() {
        int count = 0;
        for (int i = 0; i < 5; i++) {
            try {
                if (i % 2 == 0) continue;
                count += i;
                if (i == 3) break;
            } finally { count += 100; }
        }
        return count;
    }
    static int multi(int k) {
        try {
            switch (k) {
                case 0: throw new java.io.IOException("io");
                case 1: throw new IndexOutOfBoundsException("ix");
                case 2: throw new Error("err");
            }
            return -1;
        } catch (java.io.IOException | IndexOutOfBoundsException e) {
            return e.getMessage().length();
        } catch (Throwable t) { return 77; }
    }
    static <T extends Throwable> void sneaky(Throwable t) throws T {
        @SuppressWarnings("unchecked") T x = (T) t;
        throw x;
    }

    public static void main(String[] args) {
        System.out.println(
            overrides() + " " + keepsValue() + " " + keepsRef()[0] + " " + swallows() + " " + swallowsByBreak());
        try {
            replaces();
        } catch (NullPointerException e) { System.out.println("NPE, suppressed " + e.getSuppressed().length); }
        for (int i = 0; i < 4; i++) System.out.println(nested(i));
        System.out.println(wide(1L << 40, 2.5));
        try {
            deep(5);
        } catch (ArithmeticException e) { System.out.println(e.getMessage()); }
        System.out.println(loops() + " " + multi(0) + multi(1) + multi(2) + multi(3));
        try {
            Finally.<RuntimeException>sneaky(new java.io.IOException("sneaked"));
        } catch (Exception e) { System.out.println(e); }
        System.out.println(log);
    }
}
