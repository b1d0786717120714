// exit: 5
/** An uncaught exception in a thread, exit status from main, a hook that throws. */
public class ExitInHook {
    public static void main(String[] args) throws Exception {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            System.out.println("hook runs");
            throw new IllegalStateException("in hook");
        }));
        Thread t = new Thread(() -> { throw new RuntimeException("worker"); });
        t.start();
        t.join();
        Runtime.getRuntime().exit(5);
    }
}
