/** When and in what order classes, interfaces and instances are initialized. */
public class InitOrder {
    static int log(String s) {
        System.out.println("  " + s);
        return s.length();
    }

    static class Base {
        static int a = log("Base static field");
        static { log("Base static block"); }
        int x = log("Base instance field");
        { log("Base instance block"); }
        Base() {
            log("Base()");
            hook();
        }
        void hook() { log("Base.hook"); }
    }
    static class Derived extends Base {
        static { log("Derived static block"); }
        static int b = log("Derived static field");
        int y = log("Derived instance field");
        String s = "initialised";
        final String constant = "constant";
        { log("Derived instance block"); }
        Derived() {
            this(5);
            log("Derived()");
        }
        Derived(int i) {
            super();
            log("Derived(int)");
        }
        @Override
        void hook() {
            log("Derived.hook " + s + " " + constant + " " + y);
        }
    }
    interface I {
        int V = log("I.V");
        default void m() {}
    }
    interface J {
        int V = log("J.V");
    }
    static class ImplI implements I, J {
        static { log("ImplI static"); }
    }
    static class Const {
        static final int K = 42;
        static final String S = "compile time";
        static final Integer BOXED = log("Const boxed");
        static { log("Const static"); }
    }
    static class A {
        static int v = B.v + 1;
        static { log("A: v=" + v + " B.v=" + B.v); }
    }
    static class B {
        static int v = A.v + 1;
        static { log("B: v=" + v); }
    }
    static class Lazy {
        static { log("Lazy static"); }
        static void touch() {}
    }
    static class Super {
        static int s = log("Super.s");
    }
    static class Sub extends Super {
        static { log("Sub static"); }
    }
    static class Forward {
        static int early = get();
        static int value = 7;
        static int get() { return value; }
        static final int LATE = 8;
        static final Forward F = new Forward();
        static int n = 3;
        Forward() {
            n = 99;
            log("LATE=" + LATE);
        }
    }
    static class ArrayElem {
        static { log("ArrayElem static"); }
    }
    static class Failing {
        static int x;
        static {
            x = 5;
            if (x == 5) throw new IllegalStateException("no");
        }
    }

    public static void main(String[] args) throws Exception {
        System.out.println("new Derived");
        new Derived();
        System.out.println("again");
        new Derived(1);
        System.out.println("ImplI");
        new ImplI();
        System.out.println("I.V");
        System.out.println(ImplI.class.getInterfaces().length + I.V);
        System.out.println("Const");
        System.out.println(Const.K + Const.S);
        System.out.println(Const.BOXED);
        System.out.println("cycle");
        System.out.println(A.v + " " + B.v);
        System.out.println("class literal");
        Class<?> c = Lazy.class;
        System.out.println(c.getSimpleName());
        System.out.println("touch");
        Lazy.touch();
        System.out.println("Sub.s");
        System.out.println(Sub.s);
        System.out.println("forward");
        System.out.println(Forward.early + " " + Forward.n);
        System.out.println("array");
        System.out.println(new ArrayElem[2].length);
        System.out.println("instanceof");
        System.out.println((Object) "x" instanceof ArrayElem);
        System.out.println("forName false");
        Class.forName("InitOrder$ArrayElem", false, InitOrder.class.getClassLoader());
        System.out.println("forName");
        Class.forName("InitOrder$ArrayElem");
        System.out.println("failing");
        for (int i = 0; i < 2; i++) {
            try {
                System.out.println(Failing.x);
            } catch (ExceptionInInitializerError e) {
                System.out.println("EIIE " + e.getCause());
            } catch (NoClassDefFoundError e) { System.out.println("NCDFE " + e.getMessage()); }
        }
    }
}
