// exit: 1
// stderr: compare
/** The main class's own initializer fails. */
public class UncaughtInit {
    static int[] data = new int[2];
    static {
        System.out.println("initializing");
        data[2] = 1;
    }
    public static void main(String[] args) { System.out.println("never"); }
}
