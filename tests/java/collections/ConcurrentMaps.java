import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;

/** ConcurrentHashMap, skip lists, copy-on-write, concurrent queues under several threads, with exact totals. */
public class ConcurrentMaps {
    static void both(int threads, Runnable r) throws Exception {
        Thread[] ts = new Thread[threads];
        for (int i = 0; i < threads; i++) (ts[i] = new Thread(r)).start();
        for (Thread t : ts) t.join();
    }
    public static void main(String[] args) throws Exception {
        ConcurrentHashMap<Integer, Integer> m = new ConcurrentHashMap<>();
        both(4, () -> {
            for (int i = 0; i < 3000; i++) m.merge(i % 500, 1, Integer::sum);
        });
        System.out.println(m.size() + " " + m.values().stream().mapToInt(x -> x).sum() + " " + m.get(499));
        ConcurrentHashMap<String, LongAdder> adders = new ConcurrentHashMap<>();
        both(4, () -> {
            for (int i = 0; i < 2000; i++) adders.computeIfAbsent("k" + i % 10, k -> new LongAdder()).increment();
        });
        System.out.println(new TreeMap<>(adders));
        both(4, () -> {
            for (int i = 0; i < 500; i++) {
                m.remove(i);
                m.putIfAbsent(i, i);
                m.computeIfPresent(i, (k, v) -> v + 1);
                m.replace(i, i);
            }
        });
        System.out.println(m.size() + " " + m.mappingCount());
        ConcurrentSkipListMap<Integer, Integer> sk = new ConcurrentSkipListMap<>();
        AtomicInteger next = new AtomicInteger();
        both(4, () -> {
            for (int i = 0; i < 1000; i++) {
                int k = next.getAndIncrement();
                sk.put(k * 7 % 4001, k);
            }
        });
        System.out.println(sk.size() + " " + sk.firstKey() + " " + sk.ceilingKey(2000) + " " + sk.headMap(5)
            + sk.pollLastEntry().getKey() + new ConcurrentSkipListSet<>(List.of(3, 1, 2)));
        CopyOnWriteArrayList<Integer> cow = new CopyOnWriteArrayList<>();
        both(3, () -> {
            for (int i = 0; i < 100; i++) cow.add(i);
        });
        Iterator<Integer> it = cow.iterator();
        cow.clear();
        int n = 0;
        while (it.hasNext()) {
            it.next();
            n++;
        }
        System.out.println(n + " " + cow.addIfAbsent(1) + cow.addIfAbsent(1));
        ConcurrentLinkedQueue<Integer> q = new ConcurrentLinkedQueue<>();
        AtomicLong got = new AtomicLong();
        both(4, () -> {
            for (int i = 0; i < 1000; i++) {
                q.add(i);
                Integer x = q.poll();
                if (x != null) got.addAndGet(x);
            }
        });
        while (!q.isEmpty()) got.addAndGet(q.poll());
        System.out.println(got);
        ConcurrentLinkedDeque<Integer> dq = new ConcurrentLinkedDeque<>();
        both(2, () -> {
            for (int i = 0; i < 500; i++) {
                dq.addFirst(i);
                dq.addLast(i);
            }
        });
        System.out.println(dq.size() + " " + dq.stream().mapToInt(x -> x).sum());
        for (BlockingQueue<Integer> bq :
            List.of(new ArrayBlockingQueue<Integer>(3), new LinkedBlockingQueue<Integer>(2),
                new PriorityBlockingQueue<Integer>(), new SynchronousQueue<Integer>(),
                new LinkedTransferQueue<Integer>(), new LinkedBlockingDeque<Integer>(5))) {
            AtomicLong total = new AtomicLong();
            Thread c = new Thread(() -> {
                try {
                    for (int i = 0; i < 300; i++) total.addAndGet(bq.take());
                } catch (InterruptedException e) {}
            });
            c.start();
            for (int i = 0; i < 300; i++) bq.put(i);
            c.join();
            System.out.println(bq.getClass().getSimpleName() + " " + total + " " + bq.isEmpty() + " "
                + bq.poll(1, TimeUnit.MILLISECONDS) + " " + bq.offer(1, 1, TimeUnit.MILLISECONDS));
        }
        DelayQueue<Delayed> delay = new DelayQueue<>();
        class D implements Delayed {
            final long at;
            final String s;
            D(long ms, String s) {
                at = System.nanoTime() + ms * 1000000;
                this.s = s;
            }
            public long getDelay(TimeUnit u) { return u.convert(at - System.nanoTime(), TimeUnit.NANOSECONDS); }
            public int compareTo(Delayed o) { return Long.compare(at, ((D) o).at); }
        }
        delay.add(new D(40, "second"));
        delay.add(new D(5, "first"));
        System.out.println(((D) delay.take()).s + ((D) delay.take()).s);
        try {
            m.put(null, 1);
        } catch (NullPointerException e) { System.out.println("NPE"); }
        Set<String> ks = ConcurrentHashMap.newKeySet();
        ks.add("x");
        System.out.println(ks.contains("x") + " " + m.keySet(1).getMappedValue());
        try {
            ConcurrentHashMap<Integer, Integer> rec = new ConcurrentHashMap<>();
            rec.computeIfAbsent(1, k -> rec.computeIfAbsent(1, j -> 2));
        } catch (IllegalStateException e) { System.out.println(e.getMessage()); }
        Exchanger<String> ex = new Exchanger<>();
        Thread xt = new Thread(() -> {
            try {
                System.out.println("got " + ex.exchange("from thread"));
            } catch (InterruptedException e) {}
        });
        xt.start();
        String mine = ex.exchange("from main");
        xt.join();
        System.out.println(mine);
    }
}
