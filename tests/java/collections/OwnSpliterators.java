import java.util.*;
import java.util.function.*;
import java.util.stream.*;

/** Own spliterators and collectors, stream characteristics, infinite and flat-mapped sources. */
public class OwnSpliterators {
    static class Range implements Spliterator.OfInt {
        int a;
        final int b;
        Range(int a, int b) {
            this.a = a;
            this.b = b;
        }
        public boolean tryAdvance(IntConsumer c) {
            if (a >= b) return false;
            c.accept(a++);
            return true;
        }
        public Spliterator.OfInt trySplit() {
            int m = (a + b) >>> 1;
            if (m <= a) return null;
            Range r = new Range(a, m);
            a = m;
            return r;
        }
        public long estimateSize() { return b - a; }
        public int characteristics() { return SIZED | SUBSIZED | ORDERED | SORTED; }
        public Comparator<? super Integer> getComparator() { return null; }
    }
    static <T> Collector<T, ?, List<List<T>>> chunks(int n) {
        return Collector.of(ArrayList::new,
            (l, t)
                -> {
                if (l.isEmpty() || l.get(l.size() - 1).size() == n) l.add(new ArrayList<>());
                l.get(l.size() - 1).add(t);
            },
            (x, y) -> {
                x.addAll(y);
                return x;
            });
    }
    public static void main(String[] args) {
        System.out.println(StreamSupport.intStream(new Range(0, 1000), false).sum() + " "
            + StreamSupport.intStream(new Range(0, 1000), true).filter(x -> x % 3 == 0).count());
        Range r = new Range(0, 16);
        StringBuilder sb = new StringBuilder();
        ArrayDeque<Spliterator.OfInt> work = new ArrayDeque<>(List.of(r));
        while (!work.isEmpty()) {
            Spliterator.OfInt s = work.pop();
            Spliterator.OfInt left = s.estimateSize() > 4 ? s.trySplit() : null;
            if (left == null) {
                s.forEachRemaining((int x) -> sb.append(x).append(','));
                sb.append('|');
            } else {
                work.push(s);
                work.push(left);
            }
        }
        System.out.println(sb);
        System.out.println(IntStream.range(0, 7).boxed().collect(chunks(3)));
        for (Collection<?> c :
            List.of(new ArrayList<>(List.of(1)), new LinkedList<>(List.of(1)), new HashSet<>(List.of(1)),
                new TreeSet<>(List.of(1)), new ArrayDeque<>(List.of(1)), List.of(1), Set.of(1), Arrays.asList(1),
                new Vector<>(List.of(1)), new PriorityQueue<>(List.of(1)), new LinkedHashSet<>(List.of(1)))) {
            Spliterator<?> s = c.spliterator();
            System.out.print(
                c.getClass().getSimpleName() + ":" + s.characteristics() + ":" + s.getExactSizeIfKnown() + " ");
        }
        System.out.println();
        Spliterator<String> lines = "a\nb\nc".lines().spliterator();
        lines.tryAdvance(System.out::print);
        lines.forEachRemaining(System.out::print);
        System.out.println(" " + Spliterators.spliterator(new Object[] {1, 2}, Spliterator.IMMUTABLE).estimateSize()
            + Spliterators.emptySpliterator().tryAdvance(x -> {}));
        try {
            Spliterator<Integer> bad = new ArrayList<>(List.of(1)).spliterator();
            bad.getComparator();
        } catch (IllegalStateException e) { System.out.println("ISE"); }
        Iterator<Integer> fib = new Iterator<>() {
            int a = 0, b = 1;
            public boolean hasNext() { return true; }
            public Integer next() {
                int t = a;
                a = b;
                b += t;
                return t;
            }
        };
        System.out.println(StreamSupport.stream(Spliterators.spliteratorUnknownSize(fib, Spliterator.ORDERED), false)
                .takeWhile(x -> x < 100)
                .map(String::valueOf)
                .collect(Collectors.joining(" ")));
        System.out.println(Stream.iterate(new int[] {1, 1}, p -> new int[] {p[1], p[0] + p[1]})
                               .mapToInt(p -> p[0])
                               .filter(x -> x % 2 == 0)
                               .limit(5)
                               .boxed()
                               .toList()
            + " " + Stream.of(1, 2, 3).flatMap(i -> Stream.generate(() -> i).limit(i)).toList() + " "
            + IntStream.rangeClosed(1, 3).mapToObj(i -> IntStream.range(0, i)).flatMapToInt(s -> s).sum());
        ArrayList<Integer> late = new ArrayList<>(List.of(1, 2));
        Stream<Integer> lazy = late.stream();
        late.add(3);
        System.out.println(lazy.count());
        ArrayList<Integer> cme = new ArrayList<>(List.of(1, 2, 3));
        try {
            cme.stream().forEach(x -> cme.add(x));
        } catch (ConcurrentModificationException e) { System.out.println("CME"); }
        System.out.println(Stream.of("b", "a", "c")
                               .sorted()
                               .collect(Collector.of(StringBuilder::new, StringBuilder::append, StringBuilder::append,
                                   StringBuilder::toString))
            + Stream.of(1, 2, 3, 4).collect(Collectors.partitioningBy(x -> x > 2, Collectors.reducing(0, Integer::sum)))
            + DoubleStream.of(0.1, 0.2, 0.3).summaryStatistics()
            + Stream.of(5, 3).collect(Collectors.averagingDouble(x -> x))
            + Stream.of("x").collect(Collectors.toUnmodifiableMap(k -> k, String::length)));
    }
}
