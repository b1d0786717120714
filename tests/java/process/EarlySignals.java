// exit: 143
import java.util.*;
import java.util.concurrent.*;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** The first signals a program sees: each comes once, on threads of the right name, and the thread that hands them out is there before. */
public class EarlySignals {
    static String dispatcher() {
        List<String> found = new ArrayList<>();
        for (Thread thread : Thread.getAllStackTraces().keySet())
            if (thread.getName().equals("Signal Dispatcher"))
                found.add(thread.getState() + " " + thread.isDaemon() + " " + thread.getPriority() + " " + thread.getThreadGroup().getName());
        return found.toString();
    }

    public static void main(String[] args) throws Exception {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        SignalHandler note = signal -> seen.add(signal + " on " + Thread.currentThread().getName());
        SignalHandler before = Signal.handle(new Signal("URG"), note);
        System.out.println(before);
        Signal.raise(new Signal("URG"));
        System.out.println(seen.poll(30, TimeUnit.SECONDS));
        for (String name : new String[] {"WINCH", "URG", "HUP"}) {
            Signal.handle(new Signal(name), note);
            for (int i = 0; i < 2; i++) {
                Signal.raise(new Signal(name));
                System.out.println(seen.poll(30, TimeUnit.SECONDS));
            }
        }
        System.out.println(dispatcher());
        Signal.raise(new Signal("URG"));
        System.out.println(seen.poll(30, TimeUnit.SECONDS));

        System.out.println(Signal.handle(new Signal("URG"), SignalHandler.SIG_IGN) == note);
        System.out.println(Signal.handle(new Signal("URG"), note) == SignalHandler.SIG_IGN);
        System.out.println(seen.poll());
        try {
            Signal.handle(new Signal("QUIT"), note);
        } catch (IllegalArgumentException e) {
            System.out.println(e.getMessage());
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
        Signal.raise(new Signal("TERM"));
        new CountDownLatch(1).await();
    }
}
