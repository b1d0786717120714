import java.util.*;

/** Several threads allocate and keep linked structures while others ask for collections. */
public class ThreadsAllocating {
    static class Tree {
        Tree l, r;
        int v;
        Tree(int d, int v) {
            this.v = v;
            if (d > 0) {
                l = new Tree(d - 1, v * 2);
                r = new Tree(d - 1, v * 2 + 1);
            }
        }
        int sum() { return v + (l == null ? 0 : l.sum() + r.sum()); }
    }
    static volatile boolean stop;
    public static void main(String[] args) throws Exception {
        Thread gc = new Thread(() -> {
            while (!stop) {
                System.gc();
                try {
                    Thread.sleep(2);
                } catch (InterruptedException e) { return; }
            }
        });
        gc.setDaemon(true);
        gc.start();
        long[] sums = new long[4];
        Thread[] ts = new Thread[4];
        for (int t = 0; t < 4; t++) {
            int id = t;
            (ts[t] = new Thread(() -> {
                Tree keep = new Tree(9, id + 1);
                Map<Integer, String> m = new HashMap<>();
                for (int i = 0; i < 60; i++) {
                    Tree x = new Tree(7, i);
                    sums[id] += x.sum();
                    m.put(i % 20, "v" + i + id);
                }
                sums[id] += keep.sum() + m.toString().hashCode();
            })).start();
        }
        for (Thread t : ts) t.join();
        stop = true;
        gc.join();
        System.out.println(Arrays.toString(sums));
        ThreadLocal<int[]> tl = ThreadLocal.withInitial(() -> new int[100]);
        int[] bad = {0};
        for (int t = 0; t < 4; t++) {
            int id = t;
            (ts[t] = new Thread(() -> {
                for (int i = 0; i < 2000; i++) {
                    int[] a = tl.get();
                    if (a[50] != (i == 0 ? 0 : id + 1)) bad[0]++;
                    a[50] = id + 1;
                    Object o = new byte[i % 500];
                    if (((byte[]) o).length != i % 500) bad[0]++;
                }
            })).start();
        }
        for (Thread t : ts) t.join();
        System.out.println(bad[0]);
    }
}
