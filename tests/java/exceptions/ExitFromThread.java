// exit: 7
/** Another thread ends the program while main waits. */
public class ExitFromThread {
    public static void main(String[] args) throws Exception {
        Thread t = new Thread(() -> {
            System.out.println("exit");
            System.exit(7);
        });
        t.start();
        synchronized (ExitFromThread.class) { ExitFromThread.class.wait(); }
    }
}
