import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** Contention monitoring: counts and times of blocking and waiting. */
public class Contention {
    static final Object LOCK = new Object();

    public static void main(String[] args) throws Exception {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        System.out.println(threads.isThreadContentionMonitoringSupported());
        System.out.println(threads.isThreadContentionMonitoringEnabled());
        long self = Thread.currentThread().getId();
        System.out.println(threads.getThreadInfo(self).getBlockedTime());
        System.out.println(threads.getThreadInfo(self).getWaitedTime());
        threads.setThreadContentionMonitoringEnabled(true);
        System.out.println(threads.isThreadContentionMonitoringEnabled());
        System.out.println(threads.getThreadInfo(self).getBlockedTime());

        CountDownLatch measured = new CountDownLatch(1);
        Thread blocked = new Thread(() -> {
            synchronized (LOCK) {
                LOCK.notifyAll();
            }
            await(measured);
        });
        synchronized (LOCK) {
            blocked.start();
            while (blocked.getState() != Thread.State.BLOCKED) {
                Thread.sleep(1);
            }
            Thread.sleep(30);
            ThreadInfo info = threads.getThreadInfo(blocked.getId());
            System.out.println(info.getThreadState() + " " + (info.getBlockedTime() >= 20));
        }
        while (blocked.getState() != Thread.State.WAITING) {
            Thread.sleep(1);
        }
        ThreadInfo info = threads.getThreadInfo(blocked.getId());
        System.out.println((info.getBlockedCount() >= 1) + " " + (info.getBlockedTime() >= 20));
        measured.countDown();
        blocked.join();

        threads.setThreadContentionMonitoringEnabled(true);
        ThreadInfo before = threads.getThreadInfo(self);
        Thread.sleep(25);
        synchronized (LOCK) {
            LOCK.wait(25);
        }
        LockSupport.parkNanos(25_000_000);
        ThreadInfo after = threads.getThreadInfo(self);
        System.out.println(after.getWaitedCount() - before.getWaitedCount());
        System.out.println(after.getWaitedTime() - before.getWaitedTime() >= 70);

        threads.setThreadContentionMonitoringEnabled(false);
        System.out.println(threads.getThreadInfo(self).getWaitedTime());
        threads.setThreadContentionMonitoringEnabled(true);
        System.out.println(threads.getThreadInfo(self).getWaitedTime());
        System.out.println((threads.getCurrentThreadCpuTime() > 0) + " " + (threads.getThreadCpuTime(self) > 0) + " "
                + (threads.getThreadUserTime(self) >= 0) + " " + threads.getThreadCpuTime(Integer.MAX_VALUE));
    }

    static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
