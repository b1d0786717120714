import java.util.*;
import java.util.function.*;
import java.util.stream.*;

/** Sequential streams: every intermediate and terminal operation, laziness, short circuit, collectors. */
public class StreamsBasic {
    record P(String name, int age, String city) {}
    public static void main(String[] args) {
        List<P> ps = List.of(new P("ann", 30, "X"), new P("bob", 25, "Y"), new P("cid", 35, "X"), new P("dee", 25, "Z"),
            new P("eve", 41, "Y"), new P("fay", 30, "X"));
        System.out.println(ps.stream().filter(p -> p.age > 26).map(P::name).collect(Collectors.toList()) + " "
            + ps.stream()
                .sorted(Comparator.comparing(P::age).thenComparing(P::name, Comparator.reverseOrder()))
                .map(P::name)
                .collect(Collectors.joining(",", "[", "]"))
            + " " + ps.stream().mapToInt(P::age).summaryStatistics());
        System.out.println(new TreeMap<>(ps.stream().collect(
                               Collectors.groupingBy(P::city, Collectors.mapping(P::name, Collectors.toList()))))
            + " " + ps.stream().collect(Collectors.partitioningBy(p -> p.age >= 30, Collectors.counting())) + " "
            + ps.stream().collect(Collectors.groupingBy(P::city, TreeMap::new, Collectors.averagingInt(P::age))) + " "
            + ps.stream().collect(Collectors.toMap(P::city, P::age, Integer::sum, TreeMap::new)) + " "
            + ps.stream().collect(
                Collectors.teeing(Collectors.summingInt(P::age), Collectors.counting(), (s, n) -> s + "/" + n))
            + " "
            + ps.stream().collect(
                Collectors.collectingAndThen(Collectors.maxBy(Comparator.comparing(P::age)), o -> o.get().name()))
            + " " + ps.stream().collect(Collectors.reducing(0, P::age, Integer::max))
            + ps.stream().collect(
                Collectors.filtering(p -> p.age > 30, Collectors.mapping(P::name, Collectors.joining("+"))))
            + ps.stream().collect(Collectors.flatMapping(
                p -> p.name.chars().mapToObj(c -> (char) c), Collectors.toCollection(TreeSet::new))));
        System.out.println(IntStream.range(0, 20).filter(i -> i % 3 == 0).boxed().collect(Collectors.toList()) + " "
            + IntStream.rangeClosed(1, 5).reduce(1, (x, y) -> x * y) + " "
            + Stream.iterate(1, x -> x * 2).limit(10).map(String::valueOf).collect(Collectors.joining(" ")) + " "
            + Stream.iterate(1, x -> x < 100, x -> x * 3).count() + " "
            + Stream.of(5, 3, 5, 1, 3).distinct().sorted().collect(Collectors.toList())
            + Stream.of("a", "b", "c").skip(1).findFirst() + IntStream.of(3, 1, 2).max() + Stream.empty().findAny()
            + Stream.of(1, 2, 3, 4, 1).takeWhile(x -> x < 4).toList()
            + Stream.of(1, 2, 3, 4, 1).dropWhile(x -> x < 3).toList()
            + Stream.concat(Stream.of(1), Stream.of(2)).toList()
            + Stream.of(List.of(1, 2), List.of(3)).flatMap(List::stream).toList()
            + Stream.of(1, 2, 3)
                .<Integer>mapMulti((x, c) -> {
                    for (int i = 0; i < x; i++) c.accept(x);
                })
                .toList());
        StringBuilder log = new StringBuilder();
        Optional<Integer> first = Stream.of(1, 2, 3, 4, 5, 6)
                                      .peek(x -> log.append("p").append(x))
                                      .filter(x -> x % 2 == 0)
                                      .peek(x -> log.append("f").append(x))
                                      .map(x -> x * 10)
                                      .filter(x -> x > 20)
                                      .findFirst();
        System.out.println(first + " " + log);
        System.out.println(Stream.of(1, 2, 3).anyMatch(x -> x > 2) + " " + Stream.of(1, 2, 3).allMatch(x -> x > 2) + " "
            + Stream.of(1, 2, 3).noneMatch(x -> x > 5) + " "
            + Stream.of(3, 1, 2).sorted(Comparator.reverseOrder()).toList()
            + Stream.of(1, 2, 3, 4).reduce((x, y) -> x - y)
            + Stream.of("a", "bb").reduce(0, (x, s) -> x + s.length(), Integer::sum)
            + Stream.of(1, 2).min(Integer::compare) + DoubleStream.of(1, 2, 4).average()
            + LongStream.rangeClosed(1, 20).reduce((x, y) -> x * y)
            + IntStream.range(0, 5).mapToObj(i -> "" + i).toList() + IntStream.range(0, 3).asLongStream().sum()
            + IntStream.range(0, 3).mapToDouble(i -> i / 2.0).sum()
            + "abc".chars().mapToObj(c -> (char) (c + 1)).toList());
        Stream<Integer> once = Stream.of(1);
        once.count();
        try {
            once.count();
        } catch (IllegalStateException e) { System.out.println(e.getMessage()); }
        try {
            Stream.of("a", "a").collect(Collectors.toMap(x -> x, x -> 1));
        } catch (IllegalStateException e) { System.out.println(e.getMessage()); }
        try {
            Stream.of(1).toList().add(2);
        } catch (UnsupportedOperationException e) { System.out.println("UOE"); }
        int[] closed = {0};
        try (Stream<Integer> s = Stream.of(1, 2).onClose(() -> closed[0]++).onClose(() -> closed[0] += 10)) {
            s.forEach(x -> closed[0] += 100);
        }
        System.out.println(closed[0]);
        Iterator<Integer> it = Stream.of(1, 2, 3).iterator();
        it.next();
        System.out.println(it.next());
        Spliterator<Integer> sp = List.of(1, 2, 3, 4, 5, 6, 7, 8).spliterator();
        Spliterator<Integer> half = sp.trySplit();
        System.out.println(
            sp.estimateSize() + " " + half.estimateSize() + " " + sp.hasCharacteristics(Spliterator.SIZED));
        half.tryAdvance(x -> System.out.print(x + " "));
        half.forEachRemaining(x -> System.out.print(x + " "));
        System.out.println(StreamSupport.stream(sp, false).map(x -> x * x).toList());
        Supplier<Stream<String>> words = () -> Stream.of("delta alpha charlie bravo alpha".split(" "));
        System.out.println(
            words.get().collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting())) + " "
            + words.get().collect(Collectors.toCollection(LinkedHashSet::new)) + " "
            + words.get().collect(Collectors.summarizingInt(String::length))
            + Arrays.toString(words.get().toArray(String[] ::new))
            + Arrays.toString(new Random(5).ints(5, 0, 100).toArray()) + Stream.generate(() -> "z").limit(3).toList()
            + IntStream.iterate(10, x -> x - 3).limit(4).boxed().toList()
            + Stream.of(1, 2, 3, 4, 5)
                .collect(ArrayList::new, (ArrayList<Integer> l, Integer x) -> l.add(0, x), ArrayList::addAll));
    }
}
