import java.util.*;
import java.util.function.*;

/** Own collections on the Abstract classes, iterators, comparators, Optional, Objects, immutable views. */
public class EnumAndViews {
    static class Range extends AbstractList<Integer> {
        final int a, b;
        Range(int a, int b) {
            this.a = a;
            this.b = b;
        }
        public Integer get(int i) { return a + Objects.checkIndex(i, size()); }
        public int size() { return b - a; }
    }
    static class Squares implements Iterable<Integer> {
        final int n;
        Squares(int n) { this.n = n; }
        public Iterator<Integer> iterator() {
            return new Iterator<>() {
                int i = 0;
                public boolean hasNext() { return i < n; }
                public Integer next() {
                    if (!hasNext()) throw new NoSuchElementException();
                    return i * i++;
                }
            };
        }
    }
    static class Bag extends AbstractSet<String> {
        final String[] s = {"a", "b", "c"};
        public Iterator<String> iterator() { return Arrays.asList(s).iterator(); }
        public int size() { return 3; }
    }
    static class Const extends AbstractMap<String, Integer> {
        public Set<Entry<String, Integer>> entrySet() { return Set.of(Map.entry("one", 1)); }
    }
    public static void main(String[] args) {
        Range r = new Range(5, 12);
        System.out.println(r + " " + r.indexOf(7) + " " + r.contains(20) + " " + r.subList(2, 5) + " " + r.hashCode()
            + " " + r.equals(List.of(5, 6, 7, 8, 9, 10, 11)) + " " + r.stream().mapToInt(x -> x).sum() + " "
            + r.iterator().next());
        try {
            r.get(7);
        } catch (IndexOutOfBoundsException e) { System.out.println(e.getMessage()); }
        try {
            r.add(1);
        } catch (UnsupportedOperationException e) { System.out.println("UOE"); }
        int t = 0;
        for (int q : new Squares(6)) t = t * 10 + q;
        System.out.println(t);
        new Squares(4).forEach(x -> System.out.print(x + " "));
        System.out.println(new Bag() + " " + new Bag().contains("b") + " " + new Bag().equals(Set.of("c", "b", "a"))
            + " " + new Const() + new Const().get("one") + new Const().containsKey("two"));
        List<String> w = new ArrayList<>(Arrays.asList("b", null, "A", "c", null, "a"));
        w.sort(Comparator.nullsLast(String.CASE_INSENSITIVE_ORDER));
        System.out.println(w);
        w.removeIf(Objects::isNull);
        w.sort(Comparator.comparingInt((String s) -> s.charAt(0)).reversed());
        System.out.println(w + " " + Comparator.<Integer>naturalOrder().compare(1, 2)
            + Map.Entry.<String, Integer>comparingByValue().compare(Map.entry("a", 1), Map.entry("b", 0)));
        Optional<String> o = Optional.of("v"), e = Optional.empty();
        System.out.println(o.map(String::length) + " " + e.map(String::length) + o.filter(s -> s.isEmpty())
            + e.orElse("d") + e.or(() -> o).get() + o.isPresent() + e.isEmpty() + o.stream().count() + OptionalInt.of(5)
            + e.orElseGet(() -> "g") + o.equals(Optional.of("v")) + o.hashCode());
        try {
            e.orElseThrow();
        } catch (NoSuchElementException x) { System.out.println(x.getMessage()); }
        try {
            e.orElseThrow(() -> new IllegalStateException("mine"));
        } catch (IllegalStateException x) { System.out.println(x.getMessage()); }
        o.ifPresentOrElse(s -> System.out.println("has " + s), () -> System.out.println("no"));
        System.out.println(Objects.hash(1, "a", null) + " " + Objects.equals(null, null) + Objects.toString(null, "def")
            + Objects.requireNonNullElse(null, 5) + Objects.compare("a", "b", Comparator.naturalOrder())
            + Objects.hashCode(null));
        try {
            Objects.checkFromToIndex(2, 9, 5);
        } catch (IndexOutOfBoundsException x) { System.out.println(x.getMessage()); }
        try {
            Objects.checkFromIndexSize(2, 9, 5);
        } catch (IndexOutOfBoundsException x) { System.out.println(x.getMessage()); }
        List<Integer> base = new ArrayList<>(List.of(1, 2));
        List<Integer> view = Collections.unmodifiableList(base), copy = List.copyOf(base);
        base.add(3);
        System.out.println(view + " " + copy);
        System.out.println(new ArrayList<>(Set.of(1)).size() + " " + Set.of(1, 2).equals(Set.of(2, 1)) + " "
            + List.of().equals(Collections.emptyList()) + " " + new TreeSet<>(Set.of(5, 4, 3, 2, 1))
            + Collections.enumeration(List.of(9)).nextElement()
            + Collections.newSetFromMap(new TreeMap<String, Boolean>()).add("x")
            + Collections.asLifoQueue(new ArrayDeque<>(List.of(1, 2))).peek());
        EnumMap<Thread.State, Integer> em = new EnumMap<>(Thread.State.class);
        for (Thread.State s : Thread.State.values()) em.put(s, s.name().length());
        em.remove(Thread.State.BLOCKED);
        System.out.println(em + " " + em.keySet().contains(Thread.State.BLOCKED)
            + EnumSet.allOf(Thread.State.class).size()
            + EnumSet.of(Thread.State.NEW, Thread.State.WAITING).contains(Thread.State.NEW));
        BiFunction<Integer, Integer, Integer> add = Integer::sum;
        Function<Integer, Integer> dbl = x -> x * 2;
        System.out.println(add.andThen(dbl).apply(3, 4) + " " + dbl.compose(dbl).apply(1)
            + Function.<String>identity().apply("i") + UnaryOperator.<String>identity().apply("u")
            + BinaryOperator.minBy(Comparator.<Integer>naturalOrder()).apply(3, 2));
        PrimitiveIterator.OfInt pi = java.util.stream.IntStream.range(0, 3).iterator();
        int s = 0;
        while (pi.hasNext()) s += pi.nextInt();
        System.out.println(s);
        Properties p = new Properties();
        p.setProperty("k", "v");
        System.out.println(p.getProperty("k") + p.getProperty("z", "d") + p.stringPropertyNames());
    }
}
