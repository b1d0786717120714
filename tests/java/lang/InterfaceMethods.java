/** Default, static and private interface methods, diamonds, re-abstraction, class wins, super calls. */
public class InterfaceMethods {
    interface A {
        default String who() { return "A"; }
        static String st() { return "static A"; }
    }
    interface B extends A {
        default String who() { return "B>" + A.super.who(); }
    }
    interface C extends A {
        default String who() { return "C>" + A.super.who(); }
    }
    static class D implements B, C {
        public String who() { return "D[" + B.super.who() + "," + C.super.who() + "]"; }
    }
    static class E implements B {}
    static class F extends E implements A {}
    static class Base {
        public String who() { return "Base"; }
    }
    static class G extends Base implements B {}
    interface Priv {
        private int twice(int x) { return 2 * x; }
        private static int thrice(int x) { return 3 * x; }
        default int six(int x) { return twice(thrice(x)); }
        static int nine(int x) { return thrice(thrice(x)); }
    }
    interface Abs extends A {
        String who();
    }
    static abstract class H implements Abs {
        String call() { return who(); }
    }
    interface Gen<T> {
        default String take(T t) { return "Gen " + t; }
    }
    static class Str implements Gen<String> {
        public String take(String s) { return "Str " + s; }
    }
    static class Raw implements Gen<Integer> {}
    interface Consts {
        int X = init("X");
        int Y = 5;
        default void touch() {}
    }
    interface Consts2 {
        int Z = init("Z");
    }
    static class UsesConsts implements Consts, Consts2 {}
    static int init(String s) {
        System.out.println("init " + s);
        return 1;
    }
    interface Top {
        default String m() { return "Top"; }
    }
    interface L extends Top {}
    interface R extends Top {
        default String m() { return "R"; }
    }
    static class Diamond implements L, R {}
    interface Cmp {
        boolean equals(Object o);
        int hashCode();
    }
    interface Obj {
        default String describe() { return "describe " + (hashCode() == System.identityHashCode(this)); }
    }
    static class HasObj implements Obj {}
    static String viaInterface(A a) { return a.who(); }

    public static void main(String[] args) {
        System.out.println(new D().who());
        System.out.println(new E().who() + " " + new F().who() + " " + new G().who());
        System.out.println(viaInterface(new D()) + " " + viaInterface(new E()) + " " + viaInterface(new G()) + " "
            + viaInterface(new A() {}));
        System.out.println(A.st() + " " + new Priv() {}.six(7) + " " + Priv.nine(2));
        System.out.println(new H() {
            public String who() { return "H'"; }
        }.call());
        Gen<String> g = new Str();
        System.out.println(g.take("x") + ", " + new Raw().take(5));
        @SuppressWarnings({"unchecked", "rawtypes"}) Gen<Object> raw = (Gen) new Str();
        try {
            raw.take(5);
        } catch (ClassCastException e) { System.out.println("CCE"); }
        UsesConsts u = new UsesConsts();
        System.out.println("made");
        System.out.println(UsesConsts.Y);
        System.out.println(Consts2.Z + UsesConsts.X);
        System.out.println(new Diamond().m());
        System.out.println(new HasObj().describe());
        Cmp cmp = new Cmp() {};
        System.out.println(cmp.equals(cmp) + " " + cmp.equals(null));
        Runnable r = () -> System.out.println("run");
        r.run();
        CharSequence cs = "text";
        System.out.println(cs.length() + " " + cs.toString() + " " + cs.isEmpty() + " " + cs.getClass().getName() + " "
            + cs.equals("text"));
        int[] array = {1};
        Object o = array;
        System.out.println(o.equals(array) + " " + (o instanceof Cloneable) + " " + ((int[]) array.clone())[0]);
    }
}
