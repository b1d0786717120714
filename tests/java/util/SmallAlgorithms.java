import java.util.*;
import java.util.function.*;

/** Small classic algorithms over the collections: memo, trie, permutations, Dijkstra, life, edit distance. */
public class SmallAlgorithms {
    record Item(String name, int qty, double price) {}
    sealed interface Result<T> {
        record Ok<T>(T v) implements Result<T> {}
        record Err<T>(String m) implements Result<T> {}
        default<R> Result<R> then(Function<T, Result<R>> f) {
            if (this instanceof Ok<T> ok) return f.apply(ok.v());
            return new Err<>(((Err<T>) this).m());
        }
    }
    static Result<Integer> parse(String s) {
        try {
            return new Result.Ok<>(Integer.parseInt(s));
        } catch (NumberFormatException e) { return new Result.Err<>("bad " + s); }
    }
    static class Memo<K, V> implements Function<K, V> {
        final Map<K, V> m = new HashMap<>();
        final Function<K, V> f;
        int misses;
        Memo(Function<K, V> f) { this.f = f; }
        public V apply(K k) {
            V v = m.get(k);
            if (v == null) {
                misses++;
                v = f.apply(k);
                m.put(k, v);
            }
            return v;
        }
    }
    static class Trie {
        final Map<Character, Trie> kids = new TreeMap<>();
        boolean end;
        void add(String s) {
            Trie t = this;
            for (char c : s.toCharArray()) t = t.kids.computeIfAbsent(c, k -> new Trie());
            t.end = true;
        }
        void all(String p, List<String> out) {
            if (end) out.add(p);
            kids.forEach((c, t) -> t.all(p + c, out));
        }
    }
    static <T> void permute(List<T> l, int k, Consumer<List<T>> c) {
        if (k == l.size()) {
            c.accept(l);
            return;
        }
        for (int i = k; i < l.size(); i++) {
            Collections.swap(l, i, k);
            permute(l, k + 1, c);
            Collections.swap(l, i, k);
        }
    }
    public static void main(String[] args) {
        System.out.println(parse("5").then(x -> parse("" + x * 2)) + " " + parse("x").then(x -> parse("1")) + " "
            + parse("7").then(x -> new Result.Err<String>("later")));
        Memo<Integer, Long>[] fib = new Memo[1];
        fib[0] = new Memo<>(n -> n < 2 ? (long) n : fib[0].apply(n - 1) + fib[0].apply(n - 2));
        System.out.println(fib[0].apply(80) + " " + fib[0].misses);
        Trie t = new Trie();
        for (String s : "to tea ted ten i in inn".split(" ")) t.add(s);
        List<String> out = new ArrayList<>();
        t.all("", out);
        System.out.println(out);
        int[] n = {0};
        StringBuilder sb = new StringBuilder();
        permute(new ArrayList<>(List.of(1, 2, 3, 4)), 0, l -> {
            if (n[0]++ % 6 == 0) sb.append(l);
        });
        System.out.println(n[0] + " " + sb);
        PriorityQueue<int[]> pq = new PriorityQueue<>(Comparator.comparingInt(a -> a[1]));
        int[][] g = {{0, 4, 1, 0, 0}, {4, 0, 2, 5, 0}, {1, 2, 0, 8, 10}, {0, 5, 8, 0, 2}, {0, 0, 10, 2, 0}};
        int[] dist = new int[5];
        Arrays.fill(dist, 999);
        dist[0] = 0;
        pq.add(new int[] {0, 0});
        while (!pq.isEmpty()) {
            int[] c = pq.poll();
            for (int v = 0; v < 5; v++)
                if (g[c[0]][v] > 0 && c[1] + g[c[0]][v] < dist[v]) {
                    dist[v] = c[1] + g[c[0]][v];
                    pq.add(new int[] {v, dist[v]});
                }
        }
        System.out.println(Arrays.toString(dist));
        List<Item> items = List.of(new Item("pen", 10, 1.5), new Item("ink", 2, 7.25), new Item("pad", 5, 3.0));
        System.out.println(items.stream().mapToDouble(i -> i.qty() * i.price()).sum() + " "
            + items.stream().sorted(Comparator.comparingDouble(Item::price).reversed()).map(Item::name).toList());
        String text = "it was the best of times it was the worst of times";
        Map<String, Integer> freq = new TreeMap<>();
        for (String w : text.split(" ")) freq.merge(w, 1, Integer::sum);
        System.out.println(freq);
        long[][] m = {{1, 1}, {1, 0}}, r = {{1, 0}, {0, 1}};
        for (int e = 70; e > 0; e >>= 1) {
            if ((e & 1) == 1) r = mul(r, m);
            m = mul(m, m);
        }
        System.out.println(r[0][1]);
        int[][] life = new int[8][8];
        life[1][2] = life[2][3] = life[3][1] = life[3][2] = life[3][3] = 1;
        for (int s = 0; s < 12; s++) {
            int[][] nx = new int[8][8];
            for (int i = 0; i < 8; i++)
                for (int j = 0; j < 8; j++) {
                    int c = 0;
                    for (int a = -1; a < 2; a++)
                        for (int b = -1; b < 2; b++)
                            if (a != 0 || b != 0) c += life[i + a & 7][j + b & 7];
                    nx[i][j] = c == 3 || c == 2 && life[i][j] == 1 ? 1 : 0;
                }
            life = nx;
        }
        System.out.println(Arrays.deepToString(life));
        String a = "kitten sitting", b = "sitting kitchen";
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++)
            for (int j = 0; j <= b.length(); j++)
                d[i][j] = i == 0 ? j
                    : j == 0     ? i
                                 : Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1,
                                       d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1));
        System.out.println(d[a.length()][b.length()]);
    }
    static long[][] mul(long[][] a, long[][] b) {
        long[][] c = new long[2][2];
        for (int i = 0; i < 2; i++)
            for (int j = 0; j < 2; j++)
                for (int k = 0; k < 2; k++) c[i][j] += a[i][k] * b[k][j];
        return c;
    }
}
