import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.locks.*;

/** ReentrantLock, conditions, read-write and stamped locks, semaphores, latches, barriers, phasers, park. */
public class LocksAndConditions {
    static int x;
    static void all(int n, Runnable r) throws Exception {
        Thread[] t = new Thread[n];
        for (int i = 0; i < n; i++) (t[i] = new Thread(r)).start();
        for (Thread k : t) k.join();
    }
    public static void main(String[] args) throws Exception {
        ReentrantLock l = new ReentrantLock(true);
        all(4, () -> {
            for (int i = 0; i < 1000; i++) {
                l.lock();
                try {
                    l.lock();
                    x++;
                    l.unlock();
                } finally { l.unlock(); }
            }
        });
        System.out.println(x + " " + l.isLocked() + " " + l.isFair() + " " + l.getHoldCount());
        try {
            l.unlock();
        } catch (IllegalMonitorStateException e) { System.out.println("IMSE " + e.getMessage()); }
        l.lock();
        Thread t = new Thread(() -> {
            System.out.println(l.tryLock());
            try {
                System.out.println(l.tryLock(5, TimeUnit.MILLISECONDS));
                l.lockInterruptibly();
            } catch (InterruptedException e) { System.out.println("interrupted"); }
        });
        t.start();
        while (!l.hasQueuedThread(t) || t.getState() != Thread.State.WAITING) Thread.yield();
        t.interrupt();
        t.join();
        l.unlock();
        Condition c = l.newCondition();
        boolean[] ready = {false};
        Thread w = new Thread(() -> {
            l.lock();
            try {
                while (!ready[0]) c.await();
                System.out.println("signalled");
            } catch (InterruptedException e) {
            } finally { l.unlock(); }
        });
        w.start();
        while (true) {
            l.lock();
            try {
                if (l.hasWaiters(c)) {
                    ready[0] = true;
                    c.signalAll();
                    break;
                }
            } finally { l.unlock(); }
            Thread.yield();
        }
        w.join();
        l.lock();
        System.out.println(c.awaitNanos(1000000) <= 0);
        System.out.println(c.await(1, TimeUnit.MILLISECONDS));
        l.unlock();
        ReentrantReadWriteLock rw = new ReentrantReadWriteLock();
        Map<Integer, Integer> m = new HashMap<>();
        all(4, () -> {
            for (int i = 0; i < 300; i++) {
                if (i % 10 == 0) {
                    rw.writeLock().lock();
                    m.merge(i, 1, Integer::sum);
                    rw.writeLock().unlock();
                } else {
                    rw.readLock().lock();
                    m.get(i);
                    rw.readLock().unlock();
                }
            }
        });
        System.out.println(m.size() + " " + m.get(290) + " " + rw.getReadLockCount());
        rw.writeLock().lock();
        rw.readLock().lock();
        rw.writeLock().unlock();
        System.out.println(rw.getReadHoldCount() + " " + rw.isWriteLocked() + " " + rw.writeLock().tryLock());
        rw.readLock().unlock();
        StampedLock sl = new StampedLock();
        long st = sl.tryOptimisticRead();
        System.out.println(sl.validate(st));
        long ws = sl.writeLock();
        System.out.println(sl.validate(st) + " " + sl.tryReadLock());
        long rs = sl.tryConvertToReadLock(ws);
        System.out.println(rs != 0);
        sl.unlockRead(rs);
        Semaphore sem = new Semaphore(2);
        int[] in = {0}, max = {0};
        all(6, () -> {
            try {
                sem.acquire();
                synchronized (in) {
                    in[0]++;
                    max[0] = Math.max(max[0], in[0]);
                }
                Thread.sleep(1);
                synchronized (in) { in[0]--; }
                sem.release();
            } catch (InterruptedException e) {}
        });
        System.out.println(
            (max[0] <= 2) + " " + sem.availablePermits() + " " + sem.tryAcquire(3) + " " + sem.drainPermits());
        CountDownLatch latch = new CountDownLatch(3);
        all(3, latch::countDown);
        latch.await();
        System.out.println(latch.getCount() + " " + new CountDownLatch(1).await(1, TimeUnit.MILLISECONDS));
        StringBuffer sb = new StringBuffer();
        CyclicBarrier bar = new CyclicBarrier(3, () -> sb.append("|"));
        all(3, () -> {
            try {
                for (int i = 0; i < 3; i++) {
                    sb.append("x");
                    bar.await();
                }
            } catch (Exception e) { sb.append(e); }
        });
        System.out.println(sb);
        CyclicBarrier broken = new CyclicBarrier(2);
        try {
            broken.await(1, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) { System.out.println("timeout " + broken.isBroken()); }
        try {
            broken.await();
        } catch (BrokenBarrierException e) { System.out.println("broken"); }
        Phaser ph = new Phaser(1) {
            protected boolean onAdvance(int phase, int parties) {
                System.out.println("phase " + phase + " parties " + parties);
                return phase >= 2;
            }
        };
        for (int i = 0; i < 2; i++) {
            ph.register();
            new Thread(() -> {
                while (!ph.isTerminated()) ph.arriveAndAwaitAdvance();
            }).start();
        }
        while (!ph.isTerminated()) ph.arriveAndAwaitAdvance();
        System.out.println(ph.isTerminated());
        Thread parked = new Thread(() -> {
            LockSupport.park("blocker");
            System.out.println("unparked");
            LockSupport.parkNanos(1000000);
            Thread.currentThread().interrupt();
            LockSupport.park();
            System.out.println("park returns when interrupted " + Thread.interrupted());
        });
        parked.start();
        while (parked.getState() != Thread.State.WAITING) Thread.yield();
        System.out.println(LockSupport.getBlocker(parked));
        LockSupport.unpark(parked);
        parked.join();
        LockSupport.unpark(Thread.currentThread());
        LockSupport.unpark(Thread.currentThread());
        LockSupport.park();
        LockSupport.parkUntil(System.currentTimeMillis() + 2);
        System.out.println("permit used");
        class Mutex extends AbstractQueuedSynchronizer {
            protected boolean tryAcquire(int a) { return compareAndSetState(0, 1); }
            protected boolean tryRelease(int a) {
                setState(0);
                return true;
            }
        }
        Mutex mu = new Mutex();
        x = 0;
        all(3, () -> {
            for (int i = 0; i < 500; i++) {
                mu.acquire(1);
                x++;
                mu.release(1);
            }
        });
        System.out.println(x);
    }
}
