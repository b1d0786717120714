import java.util.*;
import java.util.function.*;

/** Local records, enums and interfaces, captured variables in local classes, var, nested generics methods. */
public class LocalTypes {
    static int total(List<String> words) {
        record Count(String w, int n) {
            Count inc() { return new Count(w, n + 1); }
        }
        enum Size {
            SMALL,
            LARGE;
            static Size of(int n) { return n > 1 ? LARGE : SMALL; }
        }
        interface Scorer {
            int score(Count c);
        }
        Map<String, Count> m = new TreeMap<>();
        for (String w : words) m.merge(w, new Count(w, 1), (a, b) -> a.inc());
        Scorer s = c -> switch (Size.of(c.n())) {
            case SMALL -> 1;
            case LARGE -> c.n() * 10;
        };
        int t = 0;
        for (var c : m.values()) {
            System.out.println(c + " " + Size.of(c.n()));
            t += s.score(c);
        }
        return t;
    }
    Supplier<String> capture(int depth) {
        String label = "d" + depth;
        class Local {
            String text() { return label + "/" + LocalTypes.this.name; }
            Supplier<String> deeper() {
                return depth == 0 ? this::text : () -> text() + ">" + capture(depth - 1).get();
            }
        }
        return new Local().deeper();
    }
    String name = "outer";
    static <T, R extends Collection<T>> R fill(Supplier<R> maker, T... ts) {
        R r = maker.get();
        for (var t : ts) r.add(t);
        return r;
    }
    public static void main(String[] args) {
        System.out.println(total(List.of("a", "b", "a", "c", "a", "b")));
        System.out.println(new LocalTypes().capture(3).get());
        var list = fill(ArrayList::new, 3, 1, 2);
        var set = fill(() -> new TreeSet<>(Comparator.<Integer>reverseOrder()), 3, 1, 2);
        System.out.println(list + " " + set);
        var anon = new Object() {
            int count = 0;
            int next() { return ++count; }
        };
        anon.next();
        anon.next();
        System.out.println(anon.count + " " + anon.next());
        BiFunction<Integer, Integer, Integer> gcd = new BiFunction<>() {
            public Integer apply(Integer a, Integer b) { return b == 0 ? a : apply(b, a % b); }
        };
        System.out.println(gcd.apply(84, 36));
        for (var e : Map.of("k", 1).entrySet()) {
            var k = e.getKey();
            var v = e.getValue();
            System.out.println(k.length() + v);
        }
        Runnable[] rs = new Runnable[3];
        for (int i = 0; i < 3; i++) {
            final int sq = i * i;
            class Task implements Runnable {
                int runs;
                public void run() {
                    runs++;
                    System.out.print(sq * runs + " ");
                }
            }
            rs[i] = new Task();
        }
        for (int k = 0; k < 2; k++)
            for (Runnable r : rs) r.run();
        System.out.println();
    }
}
