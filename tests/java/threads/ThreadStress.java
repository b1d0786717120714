import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;

/** Many short threads, allocation in all of them, dining philosophers, pipeline; totals are exact. */
public class ThreadStress {
    public static void main(String[] args) throws Exception {
        AtomicInteger done = new AtomicInteger();
        for (int round = 0; round < 5; round++) {
            Thread[] ts = new Thread[40];
            for (int i = 0; i < 40; i++) {
                int k = i;
                (ts[i] = new Thread(() -> {
                    List<int[]> l = new ArrayList<>();
                    for (int j = 0; j < 50; j++) l.add(new int[k + j]);
                    int s = 0;
                    for (int[] a : l) s += a.length;
                    if (s == 50 * k + 1225) done.incrementAndGet();
                })).start();
            }
            for (Thread t : ts) t.join();
        }
        System.out.println(done);
        Object[] forks = new Object[5];
        for (int i = 0; i < 5; i++) forks[i] = new Object();
        int[] meals = new int[5];
        Thread[] ph = new Thread[5];
        for (int i = 0; i < 5; i++) {
            int k = i;
            Object a = forks[Math.min(k, (k + 1) % 5)], b = forks[Math.max(k, (k + 1) % 5)];
            (ph[i] = new Thread(() -> {
                for (int n = 0; n < 500; n++) synchronized (a) {
                        synchronized (b) { meals[k]++; }
                    }
            })).start();
        }
        for (Thread t : ph) t.join();
        System.out.println(Arrays.toString(meals));
        BlockingQueue<Integer> q1 = new ArrayBlockingQueue<>(8), q2 = new LinkedBlockingQueue<>(8);
        Thread s1 = new Thread(() -> {
            try {
                for (int x; (x = q1.take()) >= 0;) q2.put(x * x);
                q2.put(-1);
            } catch (InterruptedException e) {}
        });
        long[] total = {0};
        Thread s2 = new Thread(() -> {
            try {
                for (int x; (x = q2.take()) >= 0;) total[0] += x;
            } catch (InterruptedException e) {}
        });
        s1.start();
        s2.start();
        for (int i = 0; i < 1000; i++) q1.put(i);
        q1.put(-1);
        s1.join();
        s2.join();
        System.out.println(total[0]);
        ConcurrentHashMap<String, Integer> m = new ConcurrentHashMap<>();
        Thread[] w = new Thread[4];
        for (int i = 0; i < 4; i++) {
            (w[i] = new Thread(() -> {
                for (int j = 0; j < 1000; j++) m.merge("key" + j % 37, 1, Integer::sum);
            })).start();
        }
        for (Thread t : w) t.join();
        System.out.println(m.values().stream().mapToInt(x -> x).sum());
        StringBuffer sb = new StringBuffer();
        for (int i = 0; i < 4; i++) {
            (w[i] = new Thread(() -> {
                for (int j = 0; j < 500; j++) sb.append('x');
            })).start();
        }
        for (Thread t : w) t.join();
        System.out.println(sb.length());
        Vector<Integer> v = new Vector<>();
        for (int i = 0; i < 4; i++) {
            (w[i] = new Thread(() -> {
                for (int j = 0; j < 500; j++) v.add(j);
            })).start();
        }
        for (Thread t : w) t.join();
        System.out.println(v.size());
        Thread hot = new Thread(() -> {
            long x = 1;
            while (x != 0) x = x * 31 + 1 | 1;
        });
        hot.setDaemon(true);
        hot.start();
        for (int i = 0; i < 3; i++) System.gc();
        System.out.println("gc passed a hot loop");
    }
}
