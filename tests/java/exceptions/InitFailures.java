/** ExceptionInInitializerError first, NoClassDefFoundError afterwards, for every way of touching a class. */
public class InitFailures {
    static class A {
        static int x = 1 / Integer.parseInt("0");
        static void m() {}
    }
    static class B {
        static {
            if (true) throw new Error("plain error");
        }
    }
    static class Base {
        static {
            if (true) throw new IllegalStateException("base");
        }
    }
    static class Derived extends Base {
        static int y = 5;
    }
    static class Caught {
        static int v;
        static {
            try {
                v = A2.v;
            } catch (Throwable t) { v = -1; }
        }
    }
    static class A2 {
        static int v;
        static {
            Object o = null;
            o.hashCode();
        }
    }
    interface I {
        int V = A.x;
        default void d() {}
    }
    static class C implements I {
        static int z = 3;
    }
    interface R {
        Object run() throws Throwable;
    }
    static void t(R r) {
        try {
            System.out.println("ok " + r.run());
        } catch (Throwable e) {
            System.out.print(e);
            for (Throwable c = e.getCause(); c != null; c = c.getCause())
                System.out.print(" <- " + c.toString().replaceAll("\\[in thread.*\\]", "[in thread]"));
            System.out.println();
        }
    }
    public static void main(String[] args) throws Exception {
        t(() -> A.x);
        t(() -> A.x);
        t(() -> {
            A.m();
            return 0;
        });
        t(() -> new A());
        t(() -> new A[2].length);
        t(() -> A.class.getSimpleName());
        t(() -> Class.forName("InitFailures$A"));
        t(() -> A.class.getDeclaredConstructor().newInstance());
        t(() -> A.class.getDeclaredField("x").get(null));
        t(() -> new B());
        t(() -> new B());
        t(() -> Derived.y);
        t(() -> Derived.y);
        t(() -> new Base());
        t(() -> Caught.v);
        t(() -> A2.v);
        t(() -> I.V);
        t(() -> new C());
        t(() -> C.z);
        Thread other = new Thread(() -> t(() -> A.x), "other");
        other.start();
        other.join();
    }
}
