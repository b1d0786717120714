import java.lang.management.*;
import java.util.*;
import javax.management.*;

/** Platform MXBeans and a custom MBean: facts that hold on any machine. */
public class Management {
    public interface CounterMBean {
        int getCount();
        void setCount(int c);
        String getName();
        int add(int a, int b);
    }
    public static class Counter implements CounterMBean {
        int c;
        public int getCount() { return c; }
        public void setCount(int c) { this.c = c; }
        public String getName() { return "counter"; }
        public int add(int a, int b) { return a + b; }
    }
    public static void main(String[] args) throws Exception {
        RuntimeMXBean r = ManagementFactory.getRuntimeMXBean();
        System.out.println((r.getUptime() >= 0) + " " + (r.getStartTime() > 0) + " " + r.getSpecName() + " "
            + (r.getPid() == ProcessHandle.current().pid()) + " " + (r.getSystemProperties().size() > 20) + " "
            + r.getClassPath().isEmpty());
        ThreadMXBean t = ManagementFactory.getThreadMXBean();
        System.out.println((t.getThreadCount() >= 1) + " "
            + (t.getThreadInfo(Thread.currentThread().getId()).getThreadName()) + " "
            + t.getThreadInfo(Thread.currentThread().getId()).getThreadState() + " " + (t.getAllThreadIds().length >= 1)
            + " " + (t.getTotalStartedThreadCount() >= 1) + " " + (t.findDeadlockedThreads() == null));
        MemoryUsage h = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        System.out.println((h.getUsed() >= 0) + " " + (h.getCommitted() >= h.getUsed()) + " "
            + (h.getMax() == -1 || h.getMax() >= h.getCommitted()));
        ClassLoadingMXBean c = ManagementFactory.getClassLoadingMXBean();
        System.out.println(
            (c.getLoadedClassCount() > 100) + " " + (c.getTotalLoadedClassCount() >= c.getLoadedClassCount()));
        System.out.println((ManagementFactory.getOperatingSystemMXBean().getAvailableProcessors() > 0) + " "
            + ManagementFactory.getOperatingSystemMXBean().getName());
        MBeanServer s = ManagementFactory.getPlatformMBeanServer();
        ObjectName n = new ObjectName("tests:type=Counter");
        s.registerMBean(new Counter(), n);
        s.setAttribute(n, new Attribute("Count", 41));
        System.out.println(s.getAttribute(n, "Count") + " " + s.getAttribute(n, "Name") + " "
            + s.invoke(n, "add", new Object[] {2, 3}, new String[] {"int", "int"}) + " "
            + s.getMBeanInfo(n).getAttributes().length + " " + s.isRegistered(n) + " "
            + s.queryNames(new ObjectName("tests:*"), null).size());
        try {
            s.getAttribute(n, "None");
        } catch (AttributeNotFoundException e) { System.out.println(e.getMessage()); }
        try {
            s.registerMBean(new Counter(), n);
        } catch (InstanceAlreadyExistsException e) { System.out.println("exists"); }
        Object lock = new Object();
        Thread b = new Thread(() -> {
            synchronized (lock) {}
        }, "blocked one");
        synchronized (lock) {
            b.start();
            while (b.getState() != Thread.State.BLOCKED) Thread.yield();
            ThreadInfo i = t.getThreadInfo(new long[] {b.getId()}, true, true)[0];
            System.out.println(i.getThreadState() + " " + i.getLockOwnerName() + " " + i.getLockInfo().getClassName());
        }
        b.join();
    }
}
