import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Streams and lambdas. */
public class Streams {
    public static void main(String[] args) {
        int n = Integer.parseInt(args[0]);
        long total = 0;
        for (int round = 0; round < n; round++) {
            int r = round;
            List<Integer> list = IntStream.range(0, 1000).map(i -> i * r + i).boxed().collect(Collectors.toList());
            total += list.stream().filter(i -> i % 3 == 0).mapToLong(i -> i * 2L).sum();
            total += list.stream().collect(Collectors.groupingBy(i -> i % 7, Collectors.summingInt(i -> i))).getOrDefault(3, 0);
            total += list.stream().sorted((a, b) -> b - a).limit(10).reduce(0, Integer::sum);
        }
        System.out.println(total);
    }
}
