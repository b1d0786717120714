import java.util.*;
import java.util.function.*;

/** Lambdas and method references of every kind, what they capture, adaptation of arguments. */
public class Lambdas {
    int field = 10;
    static int counter;

    Supplier<Integer> fieldReader() { return () -> field; }
    Runnable fieldWriter() { return () -> field++; }
    static int twice(int x) { return 2 * x; }
    int addField(int x) { return field + x; }
    static <T> T id(T t) { return t; }
    static long sum(Integer... xs) {
        long s = 0;
        for (int x : xs) s += x;
        return s;
    }

    interface TriFunction<A, B, C, R> {
        R apply(A a, B b, C c);
        default TriFunction<A, B, C, String> str() { return (a, b, c) -> "<" + apply(a, b, c) + ">"; }
    }
    interface Thrower {
        void run() throws Exception;
    }
    interface IntOp {
        int op(int a, int b);
    }
    interface LongMaker {
        long make(int i);
    }
    interface Boxer {
        Object box(double d);
    }

    static class Parent {
        String hi() { return "parent"; }
    }
    static class Child extends Parent {
        @Override
        String hi() {
            return "child";
        }
        Supplier<String> up() { return super::hi; }
    }

    static IntUnaryOperator fib;

    static <T, R> List<R> map(List<T> list, Function<? super T, ? extends R> f) {
        List<R> out = new ArrayList<>();
        for (T t : list) out.add(f.apply(t));
        return out;
    }

    public static void main(String[] args) throws Exception {
        Lambdas l = new Lambdas();
        Runnable w = l.fieldWriter();
        w.run();
        w.run();
        System.out.println(l.fieldReader().get());
        IntUnaryOperator f = Lambdas::twice;
        IntUnaryOperator g = l::addField;
        System.out.println(f.andThen(g).applyAsInt(5) + " " + f.compose(g).applyAsInt(5));
        Function<String, Integer> len = String::length;
        BiFunction<String, String, Boolean> starts = String::startsWith;
        Function<Integer, int[]> mk = int[] ::new;
        Supplier<ArrayList<String>> list = ArrayList::new;
        Function<String, StringBuilder> sb = StringBuilder::new;
        System.out.println(len.apply("four") + " " + starts.apply("hello", "he") + " " + mk.apply(3).length + " "
            + list.get() + " " + sb.apply("x").append("y"));
        TriFunction<Integer, Integer, Integer, Integer> t = (a, b, c) -> a * b + c;
        System.out.println(t.apply(2, 3, 4) + " " + t.str().apply(2, 3, 4));
        int captured = 42;
        String text = "t";
        long big = 1L << 40;
        double d = 1.5;
        boolean z = true;
        char ch = 'q';
        byte by = 3;
        Supplier<String> all = () -> captured + text + big + d + z + ch + by;
        System.out.println(all.get());
        LongMaker widen = x -> x;
        Boxer box = x -> x;
        LongMaker viaMethod = Lambdas::twice;
        System.out.println(widen.make(-3) + " " + box.box(2.0) + " " + viaMethod.make(21));
        Function<Integer, Long> va = Lambdas::sum;
        BiFunction<Integer, Integer, Long> va2 = Lambdas::sum;
        System.out.println(va.apply(1) + " " + va2.apply(1, 2));
        System.out.println(new Child().up().get() + " " + ((Supplier<String>) new Child()::hi).get());
        fib = n -> n < 2 ? n : fib.applyAsInt(n - 1) + fib.applyAsInt(n - 2);
        System.out.println(fib.applyAsInt(15));
        System.out.println(map(List.of(1, 2, 3), x -> map(List.of("a", "b"), y -> y + x)));
        Thrower th = () -> { throw new java.io.IOException("checked"); };
        try {
            th.run();
        } catch (java.io.IOException e) { System.out.println(e.getMessage()); }
        List<Runnable> rs = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int k = i;
            rs.add(() -> counter += k);
        }
        rs.forEach(Runnable::run);
        System.out.println(counter);
        Comparator<String> cmp = Comparator.comparing(String::length).thenComparing(Comparator.reverseOrder());
        List<String> words = new ArrayList<>(List.of("pear", "fig", "apple", "kiwi", "nut"));
        words.sort(cmp);
        System.out.println(words);
        Supplier<Supplier<Supplier<String>>> deep = () -> () -> () -> "deep";
        System.out.println(deep.get().get().get());
        Object o = (Runnable & java.io.Serializable) () -> {};
        System.out.println((o instanceof java.io.Serializable) + " " + (o instanceof Runnable));
        IntOp[] ops = {Integer::sum, Math::max, (a, b) -> a ^ b, Integer::compare};
        for (IntOp op : ops) System.out.print(op.op(6, 3) + " ");
        System.out.println();
        Function<Object, String> ts = Object::toString;
        System.out.println(ts.apply(List.of(1)) + " " + Lambdas.<Function<Integer, Integer>>id(x -> x + 1).apply(1));
        Supplier<String> nullRef = null;
        String nothing = null;
        try {
            nullRef = nothing::trim;
        } catch (NullPointerException e) { System.out.println("NPE at creation " + nullRef); }
        Callback cb = new Callback();
        cb.go(cb::step);
        System.out.println(cb.steps);
        Predicate<String> p = String::isEmpty;
        System.out.println(p.negate().or(s -> s == null).test("") + " " + Predicate.not(p).test("x"));
    }

    static class Callback {
        int steps;
        void step(int i) { steps += i; }
        void go(IntConsumer c) {
            for (int i = 0; i < 10; i++) c.accept(i);
        }
    }
}
