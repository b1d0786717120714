import java.lang.management.*;
import java.util.*;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.*;

/** Threads that wait for each other, by monitors and by ownable synchronizers; who owns what. */
public class Deadlocks {
    public static void main(String[] a) throws Exception {
        ReentrantLock l1 = new ReentrantLock(), l2 = new ReentrantLock(true);
        ReentrantReadWriteLock rw = new ReentrantReadWriteLock();
        Object m = new Object();
        CountDownLatch held = new CountDownLatch(4);
        Thread t1 = new Thread(() -> {
            l1.lock();
            await(held);
            synchronized (m) {}
        }, "one");
        Thread t2 = new Thread(() -> {
            synchronized (m) {
                await(held);
                l2.lock();
            }
        }, "two");
        Thread t3 = new Thread(() -> {
            l2.lock();
            rw.writeLock().lock();
            await(held);
            l1.lock();
        }, "three");
        Thread t4 = new Thread(() -> {
            await(held);
            rw.readLock().lock();
        }, "four");
        for (Thread t : List.of(t1, t2, t3, t4)) {
            t.setDaemon(true);
            t.start();
        }
        while (t1.getState() != Thread.State.BLOCKED) Thread.sleep(1);
        for (Thread t : List.of(t2, t3, t4)) {
            while (t.getState() != Thread.State.WAITING || waitsForLatch(t)) Thread.sleep(1);
        }
        ThreadMXBean b = ManagementFactory.getThreadMXBean();
        System.out.println(b.isSynchronizerUsageSupported() + " " + b.isObjectMonitorUsageSupported());
        long[] ids = b.findDeadlockedThreads();
        for (ThreadInfo i : b.getThreadInfo(ids, true, true)) {
            System.out.println(i.getThreadName() + " " + i.getThreadState() + " " + i.getLockInfo().getClassName() + " "
                + i.getLockOwnerName());
            for (MonitorInfo x : i.getLockedMonitors())
                System.out.println("  monitor " + x.getClassName());
            for (LockInfo x : i.getLockedSynchronizers())
                System.out.println("  sync " + x.getClassName());
        }
        System.out.println(Arrays.toString(b.findMonitorDeadlockedThreads()));
        System.out.println(b.getThreadInfo(t4.getId()).getLockOwnerName());
    }
    static boolean waitsForLatch(Thread t) {
        Object blocker = LockSupport.getBlocker(t);
        return blocker == null || blocker.getClass().getName().contains("CountDownLatch");
    }
    static void await(CountDownLatch held) {
        held.countDown();
        try {
            held.await();
        } catch (InterruptedException e) { throw new AssertionError(e); }
    }
}
