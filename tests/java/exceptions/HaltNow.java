// exit: 3
/** Runtime.halt runs no hooks; codes are taken modulo 256 by the system. */
public class HaltNow {
    public static void main(String[] args) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("never")));
        System.out.println("halting");
        System.out.flush();
        Runtime.getRuntime().halt(256 + 3);
    }
}
