import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import java.util.stream.*;

/** Parallel streams give the same results as sequential ones. */
public class StreamsParallel {
    public static void main(String[] args) {
        System.out.println(
            IntStream.range(0, 10000).parallel().filter(i -> i % 7 == 0).mapToLong(i -> (long) i * i).sum() + " "
            + IntStream.rangeClosed(2, 2000)
                .parallel()
                .filter(n -> IntStream.rangeClosed(2, (int) Math.sqrt(n)).noneMatch(d -> n % d == 0))
                .count());
        List<Integer> list = IntStream.range(0, 5000).boxed().collect(Collectors.toList());
        System.out.println(
            list.parallelStream()
                .map(x -> x * 3)
                .filter(x -> x % 2 == 0)
                .collect(Collectors.toList())
                .equals(list.stream().map(x -> x * 3).filter(x -> x % 2 == 0).collect(Collectors.toList()))
            + " " + list.parallelStream().sorted(Comparator.reverseOrder()).limit(5).collect(Collectors.toList())
            + " " + list.parallelStream().skip(100).findFirst().get() + " "
            + list.parallelStream().reduce(0, Integer::sum) + " "
            + list.parallelStream().map(String::valueOf).collect(Collectors.joining()).hashCode());
        System.out.println(new TreeMap<>(list.parallelStream().collect(
                               Collectors.groupingByConcurrent(x -> x % 5, Collectors.counting())))
            + " "
            + list.parallelStream().collect(
                Collectors.groupingBy(x -> x % 3, TreeMap::new, Collectors.summingInt(x -> x))));
        AtomicLong sum = new AtomicLong();
        list.parallelStream().forEach(sum::addAndGet);
        System.out.println(sum);
        StringBuilder sb = new StringBuilder();
        list.parallelStream().limit(20).forEachOrdered(sb::append);
        System.out.println(sb);
        System.out.println(list.parallelStream().anyMatch(x -> x == 4999) + " "
            + list.parallelStream().max(Integer::compare).get() + " " + list.parallelStream().distinct().count() + " "
            + list.parallelStream().unordered().mapToInt(x -> x % 10).distinct().sorted().boxed().toList() + " "
            + Stream.iterate(1, x -> x + 1).parallel().limit(100).mapToInt(x -> x).sum() + " "
            + Arrays.stream(new double[] {1, 2, 3, 4}).parallel().map(Math::sqrt).sum());
        try {
            list.parallelStream().forEach(x -> {
                if (x == 777) throw new IllegalStateException("at 777");
            });
        } catch (IllegalStateException e) {
            // Thrown in another thread it comes back as the cause of its like.
            System.out.println(e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
        }
        ConcurrentHashMap<Integer, Integer> m = new ConcurrentHashMap<>();
        list.parallelStream().forEach(x -> m.merge(x % 11, 1, Integer::sum));
        System.out.println(m.values().stream().mapToInt(x -> x).sum() + " "
            + m.reduceValuesToInt(1, x -> x, 0, Integer::sum) + " " + m.search(1, (k, v) -> k == 5 ? "found" : null));
        System.out.println(
            IntStream.range(0, 1000).parallel().boxed().collect(Collectors.toMap(x -> x, x -> x * x)).get(31) + " "
            + list.parallelStream().isParallel() + " " + list.stream().parallel().sequential().isParallel() + " "
            + list.parallelStream().takeWhile(x -> x < 10).toList() + " "
            + IntStream.range(0, 100)
                .parallel()
                .mapToObj(i -> i)
                .flatMap(i -> Stream.of(i, -i))
                .mapToInt(i -> i)
                .sum());
    }
}
