import java.util.*;

/**
 * Virtual, static, private, super, package-private and interface dispatch; hiding of fields and statics; megamorphic
 * sites.
 */
public class Dispatch {
    static class A {
        String f = "A.f";
        static String s() { return "A.s"; }
        String v() { return "A.v"; }
        private String p() { return "A.p"; }
        String callP() { return p(); }
        String over(Object o) { return "A.over(Object)"; }
        String over(String o) { return "A.over(String)"; }
        final String fin() { return "A.fin " + v(); }
    }
    static class B extends A {
        String f = "B.f";
        static String s() { return "B.s"; }
        String v() { return "B.v " + super.v(); }
        private String p() { return "B.p"; }
        String over(Object o) { return "B.over(Object)"; }
        String fields() { return f + " " + super.f + " " + ((A) this).f; }
    }
    static class C extends B {
        String v() { return "C.v " + super.v(); }
    }
    interface Op {
        int ap(int x);
    }
    static abstract class Animal {
        abstract String sound();
        String twice() { return sound() + sound(); }
    }
    static class Dog extends Animal {
        String sound() { return "woof"; }
    }
    static class Cat extends Animal {
        String sound() { return "meow"; }
    }
    static class Puppy extends Dog {
        String sound() { return "yip " + super.sound(); }
    }
    static class Add implements Op {
        public int ap(int x) { return x + 1; }
    }
    static class Dbl implements Op {
        public int ap(int x) { return x * 2; }
    }
    static class Neg implements Op {
        public int ap(int x) { return -x; }
    }
    static class Xor implements Op {
        public int ap(int x) { return x ^ 0x55; }
    }
    static class Sub3 extends Add {
        public int ap(int x) { return super.ap(x) - 4; }
    }

    public static void main(String[] args) {
        A a = new C();
        B b = new C();
        System.out.println(a.v() + ", " + a.f + ", " + b.f + ", " + b.fields() + ", " + a.callP() + ", " + a.fin());
        Object o = "str";
        System.out.println(
            a.over(o) + " " + a.over("str") + " " + b.over((Object) "x") + " " + A.s() + " " + B.s() + " " + C.s());
        List<Animal> zoo = List.of(new Dog(), new Cat(), new Puppy());
        for (Animal x : zoo) System.out.println(x.twice());
        Op[] ops = {new Add(), new Dbl(), new Neg(), new Xor(), new Sub3(), x -> x >> 1, Math::abs};
        int acc = 1;
        for (int i = 0; i < 20000; i++) acc = ops[i % ops.length].ap(acc) & 0xffff;
        System.out.println(acc);
        Object[] things = {
            1, "two", 3.0, 'c', List.of(4), new int[0].length, Optional.of(5), new StringBuilder("6"), 7L, true};
        int h = 0;
        for (int i = 0; i < 1000; i++) h = h * 31 + things[i % things.length].toString().length();
        System.out.println(h);
        Comparable<String> c = "b";
        System.out.println(c.compareTo("a") + " " + c.equals("b") + " " + c.hashCode());
    }
}
