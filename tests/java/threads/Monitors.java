import java.util.*;

/** synchronized methods and blocks, reentrancy, contention, holdsLock, IllegalMonitorState. */
public class Monitors {
    static int counter;
    int own;
    static final Object LOCK = new Object();
    static synchronized void inc() { counter++; }
    synchronized void incOwn() { own++; }
    synchronized int nested(int n) {
        synchronized (this) { return n == 0 ? (Thread.holdsLock(this) ? 1 : 0) : nested(n - 1) + 1; }
    }
    synchronized void thrower() { throw new IllegalStateException("x"); }
    static void all(int n, Runnable r) throws Exception {
        Thread[] t = new Thread[n];
        for (int i = 0; i < n; i++) (t[i] = new Thread(r)).start();
        for (Thread x : t) x.join();
    }
    public static void main(String[] args) throws Exception {
        all(4, () -> {
            for (int i = 0; i < 20000; i++) inc();
        });
        System.out.println(counter);
        Monitors m = new Monitors();
        all(4, () -> {
            for (int i = 0; i < 20000; i++) m.incOwn();
        });
        System.out.println(m.own);
        int[] c = {0};
        all(4, () -> {
            for (int i = 0; i < 10000; i++) synchronized (LOCK) {
                    synchronized (c) { c[0]++; }
                }
        });
        System.out.println(c[0]);
        System.out.println(m.nested(300) + " " + Thread.holdsLock(m));
        try {
            m.thrower();
        } catch (IllegalStateException e) { System.out.println(Thread.holdsLock(m)); }
        try {
            LOCK.notify();
        } catch (IllegalMonitorStateException e) { System.out.println(e.getMessage()); }
        synchronized (LOCK) {
            LOCK.notify();
            LOCK.notifyAll();
        }
        try {
            synchronized (LOCK) { LOCK.wait(0, 1000000); }
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        Object[] many = new Object[5000];
        for (int i = 0; i < many.length; i++) many[i] = new Object();
        int h = 0;
        for (Object o : many) {
            h |= o.hashCode();
            synchronized (o) { c[0]++; }
        }
        int same = 0;
        for (Object o : many) {
            int before = o.hashCode();
            synchronized (o) {
                if (o.hashCode() == before && System.identityHashCode(o) == before) same++;
                if (same < 50) o.wait(0, 1);
            }
            if (o.hashCode() == before) same++;
        }
        System.out.println(same + " " + c[0] + " " + (h != 0));
        List<Integer> order = new ArrayList<>();
        Thread waiter;
        synchronized (LOCK) {
            waiter = new Thread(() -> {
                order.add(1);
                synchronized (LOCK) { order.add(3); }
            });
            waiter.start();
            while (waiter.getState() != Thread.State.BLOCKED) Thread.onSpinWait();
            order.add(2);
        }
        waiter.join();
        System.out.println(order);
        synchronized (Monitors.class) {
            Thread t = new Thread(Monitors::inc);
            t.start();
            while (t.getState() != Thread.State.BLOCKED) Thread.yield();
            System.out.println(t.getState() + " " + counter);
            synchronized (Monitors.class) { counter += 5; }
        }
        Thread.sleep(1);
        try {
            synchronized ((Object) null) {}
        } catch (NullPointerException e) { System.out.println("NPE"); }
        Integer boxed = 5;
        synchronized (boxed) { System.out.println(Thread.holdsLock(boxed)); }
        String[] arr = new String[1];
        synchronized (arr) { System.out.println(Thread.holdsLock(arr)); }
    }
}
