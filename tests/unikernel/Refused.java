import java.util.List;

/** What is not to be had in a guest is refused in the ways that programs know: no native libraries, no other processes. */
public class Refused {
    interface Act {
        void run() throws Throwable;
    }

    static void tell(String name, Act act) {
        try {
            act.run();
            System.out.println(name + ": done");
        } catch (Throwable thrown) {
            System.out.println(name + ": " + thrown.getClass().getName());
        }
    }

    public static void main(String[] arguments) {
        tell("load", () -> System.load("/no/such/library.so"));
        tell("load of what is there", () -> System.load(arguments[0]));
        tell("loadLibrary", () -> System.loadLibrary("missing"));
        tell("exec", () -> Runtime.getRuntime().exec(new String[] {"/bin/true"}));
        tell("start", () -> new ProcessBuilder("/bin/true").start());
        tell("pipeline", () -> ProcessBuilder.startPipeline(List.of(new ProcessBuilder("ls"), new ProcessBuilder("wc"))));
        System.out.println("alive");
    }
}
