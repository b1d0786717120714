import java.util.*;

/** Names, priorities, daemons, groups, states, join, double start, ThreadLocal, stack traces of others. */
public class ThreadBasics {
    static final ThreadLocal<Integer> TL = ThreadLocal.withInitial(() -> 7);
    static final InheritableThreadLocal<String> ITL = new InheritableThreadLocal<>() {
        protected String childValue(String p) { return p + "+child"; }
    };
    public static void main(String[] args) throws Exception {
        Thread m = Thread.currentThread();
        System.out.println(m.getName() + " " + m.getPriority() + " " + m.isDaemon() + " " + m.getThreadGroup().getName()
            + " " + m.getState() + " " + m.isAlive());
        Thread t = new Thread(() -> {}, "named");
        System.out.println(t.getState() + " " + t.isAlive() + " " + t.getName());
        t.setPriority(8);
        t.setDaemon(true);
        System.out.println(t.getPriority() + " " + t.isDaemon());
        t.start();
        t.join();
        System.out.println(t.getState() + " " + t.isAlive() + " " + t.getThreadGroup());
        try {
            t.start();
        } catch (IllegalThreadStateException e) { System.out.println("ITSE " + e.getMessage()); }
        try {
            m.setDaemon(true);
        } catch (IllegalThreadStateException e) { System.out.println("ITSE"); }
        try {
            t.setPriority(11);
        } catch (IllegalArgumentException e) { System.out.println("IAE"); }
        try {
            new Thread((String) null);
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        TL.set(1);
        ITL.set("parent");
        int[] seen = new int[2];
        String[] inh = new String[2];
        Thread a = new Thread(() -> {
            seen[0] = TL.get();
            TL.set(99);
            seen[1] = TL.get();
            inh[0] = ITL.get();
            Thread b = new Thread(() -> inh[1] = ITL.get());
            b.start();
            try {
                b.join();
            } catch (InterruptedException e) {}
        });
        a.start();
        a.join();
        System.out.println(Arrays.toString(seen) + TL.get() + Arrays.toString(inh));
        TL.remove();
        System.out.println(TL.get());
        ThreadLocal<?>[] locals = new ThreadLocal[100];
        for (int i = 0; i < 100; i++) {
            ThreadLocal<Integer> l = new ThreadLocal<>();
            l.set(i);
            locals[i] = l;
        }
        int s = 0;
        for (ThreadLocal<?> l : locals) s += (Integer) l.get();
        System.out.println(s);
        ThreadGroup g = new ThreadGroup("grp");
        ThreadGroup sub = new ThreadGroup(g, "sub");
        Object lock = new Object();
        Thread in = new Thread(sub, () -> {
            synchronized (lock) {
                try {
                    lock.wait();
                } catch (InterruptedException e) { System.out.println("group interrupt"); }
            }
        }, "in-sub");
        in.start();
        while (in.getState() != Thread.State.WAITING) Thread.yield();
        System.out.println(g.activeCount() + " " + g.activeGroupCount() + " " + sub.getParent().getName() + " "
            + g.getMaxPriority() + " " + sub.parentOf(g) + g.parentOf(sub) + " " + in.getThreadGroup().getName());
        Thread[] list = new Thread[5];
        System.out.println(g.enumerate(list) + " " + list[0].getName());
        StackTraceElement[] st = in.getStackTrace();
        boolean waits = false, lambda = false;
        for (StackTraceElement e : st) {
            waits |= e.getMethodName().equals("wait");
            lambda |= e.getMethodName().startsWith("lambda$main");
        }
        System.out.println(waits + " " + lambda + " " + Thread.getAllStackTraces().containsKey(in));
        g.interrupt();
        in.join();
        class Sub extends Thread {
            int v;
            Sub() { super("sub-class"); }
            @Override
            public void run() {
                v = 42;
            }
        }
        Sub x = new Sub();
        x.run();
        System.out.println(x.v + " " + x.getState());
        x.v = 0;
        x.start();
        x.join();
        System.out.println(x.v + " " + x.getName());
        Thread self = new Thread(
            ()
                -> System.out.println(Thread.currentThread().getName() + " " + Thread.currentThread().isInterrupted()),
            "self");
        self.interrupt();
        self.start();
        self.join();
        Thread sl = new Thread(() -> {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {}
        });
        sl.start();
        sl.join(1);
        sl.join();
        System.out.println(sl.isAlive());
        long id1 = new Thread().getId(), id2 = new Thread().getId();
        System.out.println(id2 > id1);
        Thread d = new Thread(() -> {
            while (true) Thread.onSpinWait();
        });
        d.setDaemon(true);
        d.start();
        System.out.println("leaving with a daemon running");
    }
}
