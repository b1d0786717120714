/** Hooks run once at the natural end, after main and after non-daemon threads. */
public class ShutdownHooks {
    public static void main(String[] args) throws Exception {
        Thread h = new Thread(() -> System.out.println("hook 1"));
        Runtime.getRuntime().addShutdownHook(h);
        Thread h2 = new Thread(() -> System.out.println("never"));
        Runtime.getRuntime().addShutdownHook(h2);
        System.out.println(
            Runtime.getRuntime().removeShutdownHook(h2) + " " + Runtime.getRuntime().removeShutdownHook(h2));
        try {
            Runtime.getRuntime().addShutdownHook(h);
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        Thread t = new Thread(() -> {
            try {
                Thread.sleep(300);
            } catch (InterruptedException e) {}
            System.out.println("late thread");
        });
        t.start();
        Thread d = new Thread(() -> {
            try {
                Thread.sleep(100000);
            } catch (InterruptedException e) {}
            System.out.println("daemon never");
        });
        d.setDaemon(true);
        d.start();
        System.out.println("main done");
    }
}
