import java.lang.ref.*;
import java.util.concurrent.atomic.*;

/** java.lang.ref.Cleaner: after unreachability, explicit, once only, many. */
public class Cleaners {
    static final Cleaner C = Cleaner.create();
    static Res live;
    static AtomicInteger cleaned = new AtomicInteger();
    static class Res implements AutoCloseable {
        private static class State implements Runnable {
            public void run() { cleaned.incrementAndGet(); }
        }
        final Cleaner.Cleanable c = C.register(this, new State());
        public void close() { c.clean(); }
    }
    static void waitFor(int n) throws Exception {
        for (int i = 0; i < 200 && cleaned.get() != n; i++) {
            System.gc();
            Thread.sleep(5);
        }
        System.out.println(cleaned.get());
    }
    static void leak(int n) {
        for (int i = 0; i < n; i++) new Res();
    }
    public static void main(String[] args) throws Exception {
        try (Res r = new Res()) {
            System.out.println("using");
        }
        System.out.println(cleaned.get());
        leak(100);
        waitFor(101);
        Res kept = new Res();
        kept.close();
        kept.close();
        System.out.println(cleaned.get());
        live = new Res();
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(2);
        }
        System.out.println(cleaned.get());
        java.nio.ByteBuffer b = null;
        for (int i = 0; i < 50; i++) {
            b = java.nio.ByteBuffer.allocateDirect(1 << 16);
            b.putInt(0, i);
        }
        System.gc();
        System.out.println(b.getInt(0));
        C.register(new Object(), () -> {
            cleaned.incrementAndGet();
            throw new RuntimeException("ignored");
        });
        waitFor(103);
        leak(3);
        waitFor(106);
    }
}
