// exit: 130

/** A signal is the first thing that happens, and nobody looks at threads. */
public class SignalEndsIt {
    public static void main(String[] args) throws Exception {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook on " + Thread.currentThread().getName())));
        sun.misc.Signal.raise(new sun.misc.Signal("INT"));
        while (true) Thread.sleep(1000);
    }
}
