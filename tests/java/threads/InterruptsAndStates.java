import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.locks.*;

/** Interrupting each kind of blocking call, the status kept or cleared, and the state seen from outside. */
public class InterruptsAndStates {
    interface Body {
        void run() throws Exception;
    }
    static void check(String what, Thread.State expected, Body b) throws Exception {
        String[] r = new String[1];
        Thread t = new Thread(() -> {
            try {
                b.run();
                r[0] = "returned";
            } catch (Exception e) { r[0] = e.getClass().getSimpleName(); }
            r[0] += " " + Thread.currentThread().isInterrupted();
        });
        t.start();
        while (t.getState() != expected) Thread.yield();
        t.interrupt();
        t.join();
        System.out.println(what + ": " + expected + " " + r[0] + " " + t.getState());
    }
    public static void main(String[] args) throws Exception {
        Object o = new Object();
        ReentrantLock l = new ReentrantLock();
        Condition c = l.newCondition();
        l.lock();
        check("wait", Thread.State.WAITING, () -> {
            synchronized (o) { o.wait(); }
        });
        check("wait timed", Thread.State.TIMED_WAITING, () -> {
            synchronized (o) { o.wait(100000); }
        });
        check("sleep", Thread.State.TIMED_WAITING, () -> Thread.sleep(100000));
        check("join", Thread.State.WAITING, () -> Thread.currentThread().join());
        check("park", Thread.State.WAITING, LockSupport::park);
        check("parkNanos", Thread.State.TIMED_WAITING, () -> LockSupport.parkNanos(Long.MAX_VALUE));
        check("lockInterruptibly", Thread.State.WAITING, l::lockInterruptibly);
        check("tryLock", Thread.State.TIMED_WAITING, () -> l.tryLock(100, TimeUnit.SECONDS));
        check("take", Thread.State.WAITING, () -> new LinkedBlockingQueue<Integer>().take());
        check("poll", Thread.State.TIMED_WAITING, () -> new LinkedBlockingQueue<Integer>().poll(100, TimeUnit.SECONDS));
        check("semaphore", Thread.State.WAITING, () -> new Semaphore(0).acquire());
        check("latch", Thread.State.WAITING, () -> new CountDownLatch(1).await());
        check("barrier", Thread.State.WAITING, () -> new CyclicBarrier(2).await());
        check("future", Thread.State.WAITING, () -> new CompletableFuture<Integer>().get());
        check("exchange", Thread.State.WAITING, () -> new Exchanger<Integer>().exchange(1));
        check("phaser", Thread.State.WAITING, () -> {
            Phaser p = new Phaser(2);
            p.awaitAdvanceInterruptibly(p.arrive());
        });
        check("synchronous put", Thread.State.WAITING, () -> new SynchronousQueue<Integer>().put(1));
        l.unlock();
        check("condition", Thread.State.WAITING, () -> {
            l.lock();
            try {
                c.await();
            } finally { l.unlock(); }
        });
        Thread b = new Thread(() -> {
            synchronized (o) {}
        });
        synchronized (o) {
            b.start();
            while (b.getState() != Thread.State.BLOCKED) Thread.yield();
            b.interrupt();
            System.out.println(b.getState() + " " + b.isInterrupted());
        }
        b.join();
        System.out.println(b.isInterrupted() + " " + b.getState());
        Thread spin = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) Thread.onSpinWait();
        });
        spin.start();
        System.out.println(spin.getState());
        spin.interrupt();
        spin.join();
        Thread.currentThread().interrupt();
        try {
            new CountDownLatch(0).await();
        } catch (InterruptedException e) { System.out.println("latch zero interrupted"); }
        Thread.currentThread().interrupt();
        LockSupport.park();
        System.out.println(Thread.interrupted());
    }
}
