// versions: 25
import java.lang.reflect.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import java.util.concurrent.locks.*;

/**
 * Virtual threads, reached reflectively since the tests are compiled for 17: creation, parking, locks, many at once.
 */
public class VirtualThreads {
    static Thread start(Runnable r) throws Exception {
        return (Thread) Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, r);
    }
    static boolean virtual(Thread t) throws Exception {
        return (boolean) Thread.class.getMethod("isVirtual").invoke(t);
    }
    public static void main(String[] args) throws Exception {
        AtomicInteger n = new AtomicInteger();
        List<Thread> ts = new ArrayList<>();
        for (int i = 0; i < 500; i++)
            ts.add(start(() -> {
                try {
                    Thread.sleep(1);
                } catch (InterruptedException e) {}
                n.incrementAndGet();
            }));
        for (Thread t : ts) t.join();
        System.out.println(n + " " + virtual(ts.get(0)) + " " + ts.get(0).isDaemon() + " " + ts.get(0).getState() + " "
            + virtual(Thread.currentThread()) + " " + ts.get(0).getThreadGroup());
        Object lock = new Object();
        int[] c = {0};
        ReentrantLock rl = new ReentrantLock();
        int[] d = {0};
        ts.clear();
        for (int i = 0; i < 50; i++)
            ts.add(start(() -> {
                for (int k = 0; k < 100; k++) {
                    synchronized (lock) { c[0]++; }
                    rl.lock();
                    try {
                        d[0]++;
                    } finally { rl.unlock(); }
                    if (k % 10 == 0) Thread.yield();
                }
            }));
        for (Thread t : ts) t.join();
        System.out.println(c[0] + " " + d[0]);
        Thread p = start(() -> {
            LockSupport.park();
            System.out.println("unparked");
        });
        while (p.getState() != Thread.State.WAITING) Thread.yield();
        LockSupport.unpark(p);
        p.join();
        Thread w = start(() -> {
            synchronized (lock) {
                try {
                    lock.wait();
                    System.out.println("notified");
                } catch (InterruptedException e) { System.out.println("interrupted"); }
            }
        });
        while (w.getState() != Thread.State.WAITING) Thread.yield();
        synchronized (lock) { lock.notifyAll(); }
        w.join();
        Thread in = start(() -> {
            try {
                Thread.sleep(100000);
            } catch (InterruptedException e) { System.out.println("sleep interrupted"); }
        });
        while (in.getState() != Thread.State.TIMED_WAITING) Thread.yield();
        in.interrupt();
        in.join();
        ExecutorService ex =
            (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        List<Future<Integer>> fs = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int k = i;
            fs.add(ex.submit(() -> {
                Thread.sleep(k % 3);
                return k;
            }));
        }
        int s = 0;
        for (Future<Integer> f : fs) s += f.get();
        System.out.println(s);
        ex.shutdown();
        System.out.println(ex.awaitTermination(5, TimeUnit.SECONDS));
        Object b = Thread.class.getMethod("ofVirtual").invoke(null);
        Class<?> bc = Class.forName("java.lang.Thread$Builder");
        bc.getMethod("name", String.class, long.class).invoke(b, "v-", 5L);
        Thread named = (Thread) bc.getMethod("start", Runnable.class)
                           .invoke(b, (Runnable) () -> System.out.println(Thread.currentThread().getName()));
        named.join();
        ThreadLocal<String> tl = ThreadLocal.withInitial(() -> "init");
        Thread l = start(() -> {
            tl.set("virtual");
            System.out.println(tl.get());
        });
        l.join();
        System.out.println(tl.get());
        Thread thrower = start(() -> { throw new IllegalStateException("in virtual"); });
        thrower.join();
        System.out.println("after");
        BlockingQueue<Integer> q = new ArrayBlockingQueue<>(1);
        Thread prod = start(() -> {
            try {
                for (int i = 0; i < 50; i++) q.put(i);
            } catch (InterruptedException e) {}
        });
        int sum = 0;
        for (int i = 0; i < 50; i++) sum += q.take();
        prod.join();
        System.out.println(sum);
        Thread deep = start(() -> {
            try {
                recurse(0);
            } catch (StackOverflowError e) { System.out.println("SOE"); }
        });
        deep.join();
    }
    static int recurse(int x) { return recurse(x + 1) + 1; }
}
