import java.util.*;
import java.util.function.*;

/**
 * Wildcards, bounded and recursive type parameters, intersection casts, generic arrays, inheritance of generic
 * methods.
 */
public class WildcardCapture {
    static double sum(Collection<? extends Number> c) {
        double s = 0;
        for (Number n : c) s += n.doubleValue();
        return s;
    }
    static void addAll(Collection<? super Integer> c) {
        for (int i = 0; i < 3; i++) c.add(i);
    }
    static void swap(List<?> l, int i, int j) { swapCaptured(l, i, j); }
    private static <T> void swapCaptured(List<T> l, int i, int j) {
        T t = l.get(i);
        l.set(i, l.get(j));
        l.set(j, t);
    }
    static <T extends Comparable<? super T> & java.io.Serializable> T best(List<? extends T> l) {
        return Collections.max(l);
    }
    static abstract class Builder<T extends Builder<T>> {
        final List<String> parts = new ArrayList<>();
        abstract T self();
        T with(String s) {
            parts.add(s);
            return self();
        }
    }
    static class Car extends Builder<Car> {
        Car self() { return this; }
        Car wheels(int n) { return with("wheels" + n); }
    }
    static class Box<T> {
        T v;
        Box(T v) { this.v = v; }
        <R> Box<R> map(Function<? super T, ? extends R> f) { return new Box<>(f.apply(v)); }
        boolean same(Box<?> o) { return Objects.equals(v, o.v); }
    }
    static class Pairs<A, B extends List<? super A>> {
        void put(B b, A a) { b.add(a); }
    }
    @SuppressWarnings("unchecked")
    static <T> T[] grow(T[] a, T x) {
        T[] r = (T[]) java.lang.reflect.Array.newInstance(a.getClass().getComponentType(), a.length + 1);
        System.arraycopy(a, 0, r, 0, a.length);
        r[a.length] = x;
        return r;
    }
    interface Visitor<R> {
        R num(int n);
        R add(Node a, Node b);
    }
    interface Node {
        <R> R accept(Visitor<R> v);
    }
    static Node num(int n) {
        return new Node() {
            public <R> R accept(Visitor<R> v) { return v.num(n); }
        };
    }
    static Node add(Node a, Node b) {
        return new Node() {
            public <R> R accept(Visitor<R> v) { return v.add(a, b); }
        };
    }
    static <K, V extends Comparable<V>> List<K> byValue(Map<K, V> m) {
        List<K> ks = new ArrayList<>(m.keySet());
        ks.sort((a, b) -> m.get(a).compareTo(m.get(b)));
        return ks;
    }
    public static void main(String[] args) {
        System.out.println(sum(List.of(1, 2.5, 3L)));
        List<Object> os = new ArrayList<>(List.of("s"));
        addAll(os);
        System.out.println(os);
        List<String> l = new ArrayList<>(List.of("a", "b", "c"));
        swap(l, 0, 2);
        System.out.println(l + " " + best(List.of(3, 7, 5)) + best(List.of("x", "y")));
        System.out.println(new Car().with("red").wheels(4).with("fast").parts);
        System.out.println(
            new Box<>(5).map(x -> "n" + x).map(String::length).v + " " + new Box<>("q").same(new Box<Object>("q")));
        List<Object> target = new ArrayList<>();
        new Pairs<Integer, List<Object>>().put(target, 9);
        System.out.println(target);
        String[] g = grow(new String[] {"p"}, "q");
        System.out.println(g.length + g[1] + g.getClass().getSimpleName());
        try {
            Object[] n = grow((Object[]) new Integer[] {1}, "no");
            System.out.println(n.length);
        } catch (ArrayStoreException e) { System.out.println(e.getMessage()); }
        Node tree = add(num(1), add(num(2), num(3)));
        System.out.println(tree.accept(new Visitor<Integer>() {
            public Integer num(int n) { return n; }
            public Integer add(Node a, Node b) { return a.accept(this) + b.accept(this); }
        }) + " "
            + tree.accept(new Visitor<String>() {
                  public String num(int n) { return "" + n; }
                  public String add(Node a, Node b) { return "(" + a.accept(this) + "+" + b.accept(this) + ")"; }
              }));
        System.out.println(byValue(new TreeMap<>(Map.of("x", 3, "y", 1, "z", 2))));
    }
}
