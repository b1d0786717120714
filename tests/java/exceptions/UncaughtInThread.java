// stderr: compare
/** A thread's uncaught exception is printed and the program goes on to exit code 0. */
public class UncaughtInThread {
    public static void main(String[] args) throws Exception {
        Thread t = new Thread(() -> { throw new IllegalStateException("in worker"); }, "worker-1");
        t.start();
        t.join();
        System.out.println(t.getState() + " " + t.isAlive());
        Thread d = new Thread(() -> {
            Object o = null;
            o.toString();
        }, "handled");
        d.setUncaughtExceptionHandler((th, e) -> System.out.println(th.getName() + " handled " + e.getMessage()));
        d.start();
        d.join();
        Thread.setDefaultUncaughtExceptionHandler((th, e) -> System.out.println("default " + th.getName() + " " + e));
        Thread x = new Thread(() -> { throw new Error("e"); }, "x");
        x.start();
        x.join();
        Thread bad = new Thread(() -> { throw new Error("first"); }, "bad");
        bad.setUncaughtExceptionHandler((th, e) -> { throw new RuntimeException("from handler"); });
        bad.start();
        bad.join();
        System.out.println("end");
    }
}
