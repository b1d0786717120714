import java.util.List;

/** Does what its arguments say, one after the other. */
public class Acts {
    public static void main(String[] args) throws Exception {
        for (String arg : args) {
            switch (arg) {
                case "gc" -> System.gc();
                case "throw" -> throw new IllegalStateException("thrown");
                case "catch" -> caught();
                case "null" -> ((String) null).length();
                case "exit" -> System.exit(7);
                case "deep" -> System.out.println(deep(2000));
                case "recurse" -> recurse();
                case "memory" -> System.out.println(Runtime.getRuntime().maxMemory() >> 20);
                case "processors" -> System.out.println(Runtime.getRuntime().availableProcessors());
                case "input" -> System.out.println(List.copyOf(
                    java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments()));
                case "loader" -> System.out.println(Acts.class.getClassLoader());
                case "where" -> System.out.println(Class.forName("Opened", false, Acts.class.getClassLoader()).getClassLoader());
                case "thread" -> new Thread(() -> { throw new RuntimeException("elsewhere"); }).start();
                default -> System.out.println(arg);
            }
        }
    }

    static void caught() {
        try {
            throw new IllegalArgumentException("caught");
        } catch (IllegalArgumentException e) {
            System.out.println("caught");
        }
    }

    static int deep(int n) {
        return n == 0 ? 0 : 1 + deep(n - 1);
    }

    static void recurse() {
        try {
            endless(0);
        } catch (StackOverflowError e) {
            System.out.println("overflow");
        }
    }

    static int endless(int n) {
        return endless(n + 1) + 1;
    }
}
