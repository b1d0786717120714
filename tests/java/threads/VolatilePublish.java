/** Safe publication, double-checked locking, message passing and Dekker's flags on volatiles. */
public class VolatilePublish {
    static volatile boolean ready;
    static int payload;
    static volatile Holder holder;
    static volatile boolean f0, f1;
    static volatile int turn;
    static int shared;
    static volatile long ping;
    static class Holder {
        final int a;
        int b;
        Holder(int x) {
            a = x;
            b = x * 2;
        }
    }
    static Holder get() {
        Holder h = holder;
        if (h == null) synchronized (VolatilePublish.class) {
                h = holder;
                if (h == null) holder = h = new Holder(21);
            }
        return h;
    }
    static class Lazy {
        static int inits;
        static { inits++; }
        static final Object ONE = new Object();
    }
    public static void main(String[] args) throws Exception {
        int bad = 0;
        for (int i = 1; i <= 50; i++) {
            ready = false;
            payload = 0;
            int want = i;
            int[] got = {0};
            Thread t = new Thread(() -> {
                while (!ready) Thread.onSpinWait();
                got[0] = payload;
            });
            t.start();
            payload = want;
            ready = true;
            t.join();
            if (got[0] != want) bad++;
        }
        System.out.println(bad);
        int[] sums = new int[4];
        Thread[] ts = new Thread[4];
        for (int i = 0; i < 4; i++) {
            int k = i;
            (ts[i] = new Thread(() -> {
                Holder h = get();
                sums[k] = h.a + h.b;
            })).start();
        }
        for (Thread t : ts) t.join();
        System.out.println(sums[0] + " " + sums[1] + " " + sums[2] + " " + sums[3]);
        Thread p = new Thread(() -> {
            for (int i = 0; i < 500; i++) {
                f0 = true;
                turn = 1;
                while (f1 && turn == 1) Thread.yield();
                shared++;
                f0 = false;
            }
        }),
               q = new Thread(() -> {
                   for (int i = 0; i < 500; i++) {
                       f1 = true;
                       turn = 0;
                       while (f0 && turn == 0) Thread.yield();
                       shared++;
                       f1 = false;
                   }
               });
        p.start();
        q.start();
        p.join();
        q.join();
        System.out.println(shared);
        Thread pong = new Thread(() -> {
            for (long i = 1; i < 400; i += 2) {
                while (ping != i) Thread.yield();
                ping = i + 1;
            }
        });
        pong.start();
        for (long i = 0; i < 400; i += 2) {
            while (ping != i) Thread.yield();
            ping = i + 1;
        }
        pong.join();
        System.out.println(ping);
        Object[] seen = new Object[4];
        for (int i = 0; i < 4; i++) {
            int k = i;
            (ts[i] = new Thread(() -> seen[k] = Lazy.ONE)).start();
        }
        for (Thread t : ts) t.join();
        System.out.println((seen[0] == seen[3]) + " " + Lazy.inits);
        boolean[] stop = {false};
        long[] n = {0};
        Thread spin = new Thread(() -> {
            do n[0]++; while (!ready2);
        });
        spin.start();
        Thread.sleep(5);
        System.gc();
        ready2 = true;
        spin.join();
        System.out.println(n[0] > 0);
    }
    static volatile boolean ready2;
}
