import java.util.*;

/** Bounded buffer, ping pong, timed wait, notifyAll, wait releases nested monitors, interrupt of waiters. */
public class WaitNotify {
    static class Buffer {
        final int[] items = new int[4];
        int in, out, n;
        synchronized void put(int x) throws InterruptedException {
            while (n == items.length) wait();
            items[in++ % 4] = x;
            n++;
            notifyAll();
        }
        synchronized int take() throws InterruptedException {
            while (n == 0) wait();
            int x = items[out++ % 4];
            n--;
            notifyAll();
            return x;
        }
    }
    static int turn;
    static final Object L = new Object();
    static Thread go(String name, Body b) {
        Thread t = new Thread(() -> {
            try {
                b.run();
            } catch (InterruptedException e) {
                System.out.println(name + " interrupted " + Thread.currentThread().isInterrupted());
            }
        }, name);
        t.start();
        return t;
    }
    interface Body {
        void run() throws InterruptedException;
    }
    static void until(Thread t, Thread.State s) {
        while (t.getState() != s) Thread.yield();
    }
    public static void main(String[] args) throws Exception {
        Buffer b = new Buffer();
        long[] sum = new long[2];
        Thread[] ts = new Thread[4];
        for (int k = 0; k < 2; k++) {
            int id = k;
            ts[k] = go("p" + k, () -> {
                for (int i = 0; i < 1000; i++) b.put(i);
            });
            ts[k + 2] = go("c" + k, () -> {
                for (int i = 0; i < 1000; i++) sum[id] += b.take();
            });
        }
        for (Thread t : ts) t.join();
        System.out.println(sum[0] + sum[1]);
        StringBuilder sb = new StringBuilder();
        Thread[] pp = new Thread[3];
        for (int k = 0; k < 3; k++) {
            int id = k;
            pp[k] = go("t", () -> {
                for (int i = 0; i < 5; i++) synchronized (L) {
                        while (turn % 3 != id) L.wait();
                        sb.append((char) ('a' + id));
                        turn++;
                        L.notifyAll();
                    }
            });
        }
        for (Thread t : pp) t.join();
        System.out.println(sb);
        long t0 = System.nanoTime();
        synchronized (L) { L.wait(30); }
        System.out.println((System.nanoTime() - t0) / 1000000 >= 29);
        Object o = new Object();
        Thread w = go("waiter", () -> {
            synchronized (o) {
                synchronized (o) {
                    o.wait();
                    System.out.println("woken " + Thread.holdsLock(o));
                }
            }
        });
        until(w, Thread.State.WAITING);
        synchronized (o) {
            o.notify();
            System.out.println("notified");
        }
        w.join();
        Thread iw = go("iw", () -> {
            synchronized (o) { o.wait(); }
        });
        until(iw, Thread.State.WAITING);
        iw.interrupt();
        iw.join();
        Thread is = go("is", () -> Thread.sleep(100000));
        until(is, Thread.State.TIMED_WAITING);
        is.interrupt();
        is.join();
        Thread pre = go("pre", () -> {
            Thread.currentThread().interrupt();
            System.out.println(Thread.currentThread().isInterrupted());
            synchronized (o) { o.wait(); }
        });
        pre.join();
        Thread tw = go("tw", () -> {
            synchronized (o) { o.wait(100000); }
        });
        until(tw, Thread.State.TIMED_WAITING);
        tw.interrupt();
        tw.join();
        Thread ij = go("ij", () -> { Thread.currentThread().join(100000); });
        until(ij, Thread.State.TIMED_WAITING);
        ij.interrupt();
        ij.join();
        Thread[] ws = new Thread[5];
        int[] woken = {0};
        for (int i = 0; i < 5; i++) {
            ws[i] = go("w" + i, () -> {
                synchronized (o) {
                    o.wait();
                    woken[0]++;
                }
            });
        }
        for (Thread t : ws) until(t, Thread.State.WAITING);
        synchronized (o) {
            o.notify();
            o.notify();
        }
        while (true) {
            synchronized (o) {
                if (woken[0] == 2) break;
            }
            Thread.yield();
        }
        int waiting = 0;
        for (int i = 0; i < 5; i++)
            if (ws[i].isAlive() && ws[i].getState() == Thread.State.WAITING) waiting++;
        System.out.println(waiting);
        synchronized (o) { o.notifyAll(); }
        for (Thread t : ws) t.join();
        System.out.println(woken[0]);
        Thread self = Thread.currentThread();
        self.interrupt();
        System.out.println(Thread.interrupted() + " " + Thread.interrupted());
        self.interrupt();
        try {
            Thread.sleep(0);
            System.out.println("slept");
        } catch (InterruptedException e) { System.out.println(e.getMessage()); }
        self.interrupt();
        try {
            ws[0].join();
            System.out.println("joined dead " + Thread.interrupted());
        } catch (InterruptedException e) { System.out.println("join " + Thread.interrupted()); }
    }
}
