import java.lang.reflect.*;
import java.util.*;

/** Generic bridges, covariant returns, erasure and heap pollution. */
public class BridgeMethods {
    static abstract class Shape<T extends Comparable<T>> {
        abstract T key();
        int compare(Shape<T> o) { return key().compareTo(o.key()); }
        void set(T t) { System.out.println("Shape.set"); }
    }
    static class Sq extends Shape<Integer> {
        int v;
        Sq(int v) { this.v = v; }
        Integer key() { return v; }
        void set(Integer t) {
            v = t;
            System.out.println("Sq.set " + t);
        }
    }
    static class Animal implements Cloneable {
        Animal self() { return this; }
        public Animal clone() throws CloneNotSupportedException { return (Animal) super.clone(); }
        public String toString() { return "Animal"; }
    }
    static class Dog extends Animal {
        Dog self() { return this; }
        public Dog clone() throws CloneNotSupportedException { return (Dog) super.clone(); }
        public String toString() { return "Dog"; }
    }
    interface Fn<A, B> {
        B ap(A a);
    }
    static class Len implements Fn<String, Integer> {
        public Integer ap(String s) { return s.length(); }
    }
    static class Node<T> {
        T data;
        void setData(T d) { data = d; }
    }
    static class MyNode extends Node<Integer> {
        void setData(Integer d) { super.setData(d + 1); }
    }
    static <T extends Comparable<? super T>> T max(Collection<? extends T> c) {
        T best = null;
        for (T t : c)
            if (best == null || t.compareTo(best) > 0) best = t;
        return best;
    }
    @SafeVarargs
    static <T> T[] arr(T... ts) {
        return ts;
    }
    static <T> T[] two(T a, T b) { return arr(a, b); }

    @SuppressWarnings({"unchecked", "rawtypes"})
    public static void main(String[] args) throws Exception {
        Shape<Integer> s = new Sq(3);
        s.set(9);
        System.out.println(s.key() + " " + s.compare(new Sq(4)));
        Animal a = new Dog();
        System.out.println(a.self() + " " + a.clone() + " " + (a.clone() != a));
        Fn raw = new Len();
        System.out.println(raw.ap("four"));
        try {
            raw.ap(4);
        } catch (ClassCastException e) {
            System.out.println(
                "CCE " + e.getMessage().startsWith("class java.lang.Integer cannot be cast to class java.lang.String"));
        }
        Node n = new MyNode();
        n.setData(5);
        System.out.println(n.data);
        try {
            n.setData("x");
        } catch (ClassCastException e) { System.out.println("CCE"); }
        List<String> strings = new ArrayList<>();
        ((List) strings).add(5);
        try {
            String x = strings.get(0);
            System.out.println(x);
        } catch (ClassCastException e) { System.out.println("polluted"); }
        System.out.println(max(List.of(3, 9, 2)) + " " + max(List.of("b", "c", "a")));
        System.out.println(arr("a", "b").getClass().getSimpleName());
        try {
            String[] t = two("a", "b");
            System.out.println(t.length);
        } catch (ClassCastException e) { System.out.println("CCE array"); }
        for (Class<?> c : new Class<?>[] {Sq.class, Dog.class, Len.class, MyNode.class}) {
            List<String> lines = new ArrayList<>();
            for (Method m : c.getDeclaredMethods())
                lines.add(m.getName() + ":" + m.getReturnType().getSimpleName() + (m.isBridge() ? " bridge" : "")
                    + (m.isSynthetic() ? " synthetic" : ""));
            Collections.sort(lines);
            System.out.println(c.getSimpleName() + " " + lines);
        }
    }
}
