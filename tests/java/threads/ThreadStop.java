// versions: 17

/** Thread.stop: of threads that run, sleep, wait for a monitor, are not started, initialize a class. */
@SuppressWarnings("removal")
public class ThreadStop {
    /** The thread that is to be stopped while it initializes a class does so. */
    static volatile boolean begun;

    static class Slow {
        static int x;
        static {
            begun = true;
            try {
                Thread.sleep(5000);
            } catch (InterruptedException e) {}
        }
    }

    static void stop(String name, Thread t) throws InterruptedException {
        t.start();
        Thread.sleep(50);
        while (name.equals("initializing") && !begun) Thread.yield();
        t.stop();
        t.join(5000);
        System.out.println(name + " alive: " + t.isAlive());
    }

    public static void main(String[] args) throws Exception {
        stop("running", new Thread(() -> {
            for (;;) {}
        }));
        Object lock = new Object();
        stop("sleeping", new Thread(() -> {
            synchronized (lock) {
                try {
                    Thread.sleep(10000);
                } catch (InterruptedException e) {}
                System.out.println("slept");
            }
        }));
        synchronized (lock) {
            System.out.println("the lock is free");
        }
        Thread blocked = new Thread(() -> {
            synchronized (lock) {
                System.out.println("entered");
            }
        });
        synchronized (lock) {
            blocked.start();
            while (blocked.getState() != Thread.State.BLOCKED) Thread.yield();
            blocked.stop();
        }
        blocked.join();
        Thread late = new Thread(() -> System.out.println("ran"));
        late.stop();
        late.start();
        late.join();
        stop("initializing", new Thread(() -> {
            try {
                Slow.x++;
            } catch (Throwable e) { System.out.println(e); }
        }));
        try {
            System.out.println(Slow.x);
        } catch (NoClassDefFoundError e) { System.out.println(e); }
        try {
            Thread.currentThread().stop();
        } catch (ThreadDeath e) { System.out.println(e); }
    }
}
