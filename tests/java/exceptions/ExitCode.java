// exit: 42
/** System.exit inside nested calls, finally blocks are not run, hooks are. */
public class ExitCode {
    public static void main(String[] args) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
        new Thread(() -> {
            try {
                Thread.sleep(100000);
            } catch (InterruptedException e) {}
        }).start();
        try {
            leave(42);
        } finally { System.out.println("never"); }
    }
    static void leave(int code) {
        System.out.println("leaving");
        System.exit(code);
    }
}
