public class Exits {
    public static void main(String[] args) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.err.println("hook")));
        System.exit(42);
    }
}
