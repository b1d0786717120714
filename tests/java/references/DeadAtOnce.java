import java.lang.ref.*;
import java.util.*;
import java.util.concurrent.*;

/** What is dead is found so by the first forced collection, however the code around runs: nothing left behind on a stack keeps it. */
public class DeadAtOnce {
    static boolean finalized() throws Exception {
        CountDownLatch finalized = new CountDownLatch(1);
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        WeakReference<Object> reference = new WeakReference<>(new Object() {
            @Override
            protected void finalize() { finalized.countDown(); }
        }, queue);
        System.gc();
        return finalized.await(20, TimeUnit.SECONDS) && queue.remove(20_000) != null && reference.get() == null;
    }
    static boolean cleared(int depth, long a, double b, Object c, String d, int e, float f, Object g) {
        if (depth > 0) return cleared(depth - 1, a, b, new Object(), d, e, f, c);
        WeakReference<Object> reference = new WeakReference<>(new byte[100]);
        System.gc();
        return reference.get() == null;
    }
    public static void main(String[] args) throws Exception {
        for (int i = 0; i < 4; i++) System.out.println(finalized());
        for (int i = 0; i < 4; i++) System.out.println(cleared(i, 1, 2, null, "", 5, 6, null));
    }
}
