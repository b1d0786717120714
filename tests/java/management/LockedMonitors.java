import java.lang.management.*;

/** A thread in Object.wait does not hold the monitor it waits at; the others it holds are told with their frames. */
public class LockedMonitors {
    static final Object outer = new Object();
    static final Object waiter = new Object();
    static volatile boolean go;

    static void hold() {
        synchronized (outer) {
            synchronized (waiter) {
                while (!go) {
                    try {
                        waiter.wait();
                    } catch (InterruptedException e) {
                        return;
                    }
                }
            }
        }
    }

    public static void main(String[] args) throws Exception {
        Thread thread = new Thread(LockedMonitors::hold, "holder");
        thread.start();
        while (thread.getState() != Thread.State.WAITING) Thread.sleep(1);
        ThreadMXBean bean = ManagementFactory.getThreadMXBean();
        ThreadInfo info = bean.getThreadInfo(new long[] {thread.getId()}, true, true)[0];
        System.out.println(info.getThreadState() + " " + info.getLockInfo().getClassName());
        for (MonitorInfo monitor : info.getLockedMonitors()) {
            System.out.println(monitor.getClassName() + " " + monitor.getLockedStackFrame().getMethodName() + " "
                + (monitor.getIdentityHashCode() == System.identityHashCode(outer)));
        }
        go = true;
        synchronized (waiter) {
            waiter.notifyAll();
        }
        thread.join();
        System.out.println(info.getLockedSynchronizers().length);
    }
}
