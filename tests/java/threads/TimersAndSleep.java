import java.util.*;
import java.util.concurrent.*;

/** java.util.Timer, sleep granularity, nanoTime monotonicity, currentTimeMillis sanity. */
public class TimersAndSleep {
    public static void main(String[] args) throws Exception {
        Timer t = new Timer("timer", true);
        CountDownLatch l = new CountDownLatch(3);
        StringBuffer sb = new StringBuffer();
        t.schedule(new TimerTask() {
            public void run() {
                sb.append("r");
                l.countDown();
                if (l.getCount() == 0) cancel();
            }
        }, 1, 2);
        l.await();
        System.out.println(sb.toString().startsWith("rrr"));
        SynchronousQueue<String> q = new SynchronousQueue<>();
        t.schedule(new TimerTask() {
            public void run() {
                try {
                    q.put(Thread.currentThread().getName());
                } catch (InterruptedException e) {}
            }
        }, 5);
        System.out.println(q.take());
        TimerTask c = new TimerTask() {
            public void run() { System.out.println("never"); }
        };
        t.schedule(c, 10000);
        System.out.println(c.cancel() + " " + c.cancel() + " " + (t.purge() <= 1));
        t.cancel();
        try {
            t.schedule(new TimerTask() {
                public void run() {}
            }, 1);
        } catch (IllegalStateException e) { System.out.println(e.getMessage()); }
        long a = System.nanoTime();
        Thread.sleep(15);
        long b = System.nanoTime();
        System.out.println(b - a >= 14_900_000);
        int back = 0;
        long p = System.nanoTime();
        for (int i = 0; i < 10000; i++) {
            long n = System.nanoTime();
            if (n < p) back++;
            p = n;
        }
        System.out.println(back);
        System.out.println(System.currentTimeMillis() > 1600000000000L);
        Thread.sleep(0, 500);
        Thread.sleep(java.time.Duration.ofMillis(1).toMillis());
        TimeUnit.MICROSECONDS.sleep(100);
        try {
            Thread.sleep(1, 1000000);
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        System.out.println(Math.abs(java.time.Instant.now().toEpochMilli() - System.currentTimeMillis()) < 5000);
    }
}
