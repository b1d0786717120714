/** Resources close in reverse, suppressed exceptions, null resources, effectively final variables. */
public class TryWithResources {
    static class Res implements AutoCloseable {
        final String name;
        final boolean failClose;
        Res(String name, boolean failOpen, boolean failClose) {
            if (failOpen) throw new IllegalArgumentException("open " + name);
            this.name = name;
            this.failClose = failClose;
            System.out.println("open " + name);
        }
        public void close() {
            System.out.println("close " + name);
            if (failClose) throw new IllegalStateException("close " + name);
        }
    }
    static void show(Throwable t) {
        System.out.print(t);
        for (Throwable s : t.getSuppressed()) System.out.print(" +" + s.getMessage());
        System.out.println();
    }
    static void run(boolean o2, boolean c1, boolean c2, boolean body) {
        try (Res a = new Res("a", false, c1); Res n = null; Res b = new Res("b", o2, c2)) {
            System.out.println("body " + (n == null));
            if (body) throw new RuntimeException("body");
        } catch (RuntimeException e) { show(e); } finally {
            System.out.println("finally");
        }
    }
    static int ret() throws Exception {
        try (Res r = new Res("r", false, false)) {
            return 5;
        }
    }
    public static void main(String[] args) throws Exception {
        for (int i = 0; i < 16; i++) run((i & 1) != 0, (i & 2) != 0, (i & 4) != 0, (i & 8) != 0);
        System.out.println(ret());
        Res outer = new Res("outer", false, true);
        try (outer) {
            System.out.println(outer.name);
        } catch (IllegalStateException e) { show(e); }
        for (int i = 0; i < 3; i++) try (Res r = new Res("loop" + i, false, false)) {
                if (i == 1) break;
            }
        Throwable t = new Throwable("t");
        t.addSuppressed(new Exception("one"));
        t.addSuppressed(new Error("two"));
        show(t);
        try {
            t.addSuppressed(t);
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        try {
            t.addSuppressed(null);
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            t.initCause(t);
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        t.initCause(new Exception("cause"));
        try {
            t.initCause(null);
        } catch (IllegalStateException e) { System.out.println(e.getMessage()); }
        try (AutoCloseable ac = () -> { throw new Exception("checked close"); }) {
            System.out.println("in");
        } catch (Exception e) { show(e); }
    }
}
