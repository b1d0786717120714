import java.util.concurrent.atomic.*;

/** finalize: run once, resurrection, order of reachability, exceptions ignored, runFinalization. */
@SuppressWarnings({"deprecation", "removal"})
public class Finalizers {
    static AtomicInteger count = new AtomicInteger(), chain = new AtomicInteger();
    static Res saved;
    static int resurrected;
    static class F {
        int[] payload = {1, 2, 3};
        @Override
        protected void finalize() {
            if (payload[2] == 3) count.incrementAndGet();
        }
    }
    static class Res {
        @Override
        protected void finalize() {
            saved = this;
            resurrected++;
        }
    }
    static class Bad {
        @Override
        protected void finalize() {
            count.incrementAndGet();
            throw new IllegalStateException("ignored");
        }
    }
    static class Link {
        Link next;
        Link(Link n) { next = n; }
        @Override
        protected void finalize() {
            chain.incrementAndGet();
        }
    }
    static class Unfinished {
        Unfinished() { throw new RuntimeException("ctor"); }
        @Override
        protected void finalize() {
            count.incrementAndGet();
        }
    }
    static void waitFor(java.util.function.BooleanSupplier c) throws Exception {
        for (int i = 0; i < 200 && !c.getAsBoolean(); i++) {
            System.gc();
            System.runFinalization();
            Thread.sleep(5);
        }
        System.out.println(c.getAsBoolean());
    }
    static void make(int n) {
        for (int i = 0; i < n; i++) new F();
    }
    static void garbage() {
        new Res();
        Link l = null;
        for (int i = 0; i < 100; i++) l = new Link(l);
        for (int i = 0; i < 5; i++) new Bad();
    }
    public static void main(String[] args) throws Exception {
        make(50);
        waitFor(() -> count.get() == 50);
        garbage();
        waitFor(() -> resurrected == 1 && count.get() == 55 && chain.get() == 100);
        System.out.println(saved != null);
        saved = null;
        for (int i = 0; i < 5; i++) {
            System.gc();
            System.runFinalization();
        }
        System.out.println(resurrected + " " + (saved == null));
        try {
            new Unfinished();
        } catch (RuntimeException e) {}
        waitFor(() -> count.get() == 56);
        F held = new F();
        System.gc();
        System.runFinalization();
        System.out.println(count.get() + " " + held.payload.length);
    }
}
