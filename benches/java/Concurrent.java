import java.util.concurrent.atomic.AtomicLong;

/** Uncontended and contended locks and atomics on two threads. */
public class Concurrent {
    static final Object LOCK = new Object();
    static long shared;

    public static void main(String[] args) throws Exception {
        int n = Integer.parseInt(args[0]);
        AtomicLong atomic = new AtomicLong();
        Thread[] threads = new Thread[2];
        for (int t = 0; t < threads.length; t++) {
            threads[t] = new Thread(() -> {
                Object own = new Object();
                long mine = 0;
                for (int i = 0; i < n; i++) {
                    synchronized (own) {
                        mine += i;
                    }
                    if ((i & 63) == 0) {
                        synchronized (LOCK) {
                            shared += mine & 3;
                        }
                    }
                    atomic.incrementAndGet();
                }
            });
            threads[t].start();
        }
        for (Thread t : threads) {
            t.join();
        }
        System.out.println(shared + " " + atomic);
    }
}
