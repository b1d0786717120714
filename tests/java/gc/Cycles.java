import java.lang.ref.*;
import java.util.*;

/** Cycles, cross-generation pointers, weak and ephemeral maps, object resurrection through caches. */
public class Cycles {
    static class N {
        N a, b;
        int v;
        byte[] pad = new byte[64];
        N(int v) { this.v = v; }
    }
    static N ring(int n) {
        N first = new N(0), p = first;
        for (int i = 1; i < n; i++) {
            N q = new N(i);
            p.a = q;
            q.b = p;
            p = q;
        }
        p.a = first;
        first.b = p;
        return first;
    }
    public static void main(String[] args) throws Exception {
        List<WeakReference<N>> dead = new ArrayList<>();
        N keep = ring(500);
        for (int i = 0; i < 100; i++) dead.add(new WeakReference<>(ring(50)));
        for (int i = 0; i < 50; i++) {
            System.gc();
            if (dead.stream().allMatch(w -> w.get() == null)) break;
            Thread.sleep(2);
        }
        System.out.println(dead.stream().filter(w -> w.get() != null).count());
        int c = 0;
        N p = keep;
        do {
            c += p.v;
            if (p.a.b != p) System.out.println("broken");
            p = p.a;
        } while (p != keep);
        System.out.println(c);
        WeakHashMap<N, List<N>> eph = new WeakHashMap<>();
        List<N> keys = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            N k = new N(i);
            eph.put(k, new ArrayList<>(List.of(new N(i * 2))));
            if (i % 4 == 0) keys.add(k);
        }
        for (int i = 0; i < 50 && eph.size() > 25; i++) {
            System.gc();
            Thread.sleep(2);
        }
        int s = 0;
        for (N k : keys) s += eph.get(k).get(0).v;
        System.out.println(eph.size() + " " + s);
        Map<String, SoftReference<N>> cache = new HashMap<>();
        for (int i = 0; i < 1000; i++) {
            String k = "k" + i % 10;
            SoftReference<N> r = cache.get(k);
            N n = r == null ? null : r.get();
            if (n == null) cache.put(k, new SoftReference<>(n = new N(i % 10)));
            if (n.v != i % 10) System.out.println("bad");
        }
        System.out.println(cache.size());
        N[] grid = new N[10000];
        for (int i = 0; i < grid.length; i++) grid[i] = new N(i);
        Random r = new Random(1);
        for (int i = 0; i < 50000; i++) {
            N x = grid[r.nextInt(grid.length)];
            x.a = grid[r.nextInt(grid.length)];
            x.b = new N(x.v);
            if (i % 9 == 0) grid[r.nextInt(grid.length)] = x.b;
        }
        System.gc();
        int bad = 0;
        for (N x : grid) {
            if (x.b != null && x.b.v != x.v) bad++;
            if (x.pad.length != 64) bad++;
        }
        System.out.println(bad);
        Object o = new Object[] {null};
        ((Object[]) o)[0] = o;
        WeakReference<Object> self = new WeakReference<>(o);
        o = null;
        for (int i = 0; i < 50 && self.get() != null; i++) {
            System.gc();
            Thread.sleep(2);
        }
        System.out.println(self.get());
    }
}
