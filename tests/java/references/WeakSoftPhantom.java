import java.lang.ref.*;
import java.util.*;

/** Reference objects of each kind, their queues, clear/enqueue/refersTo, across System.gc. */
public class WeakSoftPhantom {
    static class Big {
        final int id;
        byte[] data = new byte[1000];
        Big(int id) { this.id = id; }
    }
    static boolean gcUntil(java.util.function.BooleanSupplier c) throws Exception {
        for (int i = 0; i < 100; i++) {
            if (c.getAsBoolean()) return true;
            System.gc();
            Thread.sleep(5);
        }
        return false;
    }
    static WeakReference<Object> dead(ReferenceQueue<Object> q) { return new WeakReference<>(new Object(), q); }
    public static void main(String[] args) throws Exception {
        ReferenceQueue<Object> q = new ReferenceQueue<>();
        Object strong = new Object();
        WeakReference<Object> w1 = new WeakReference<>(strong, q), w2 = dead(q);
        System.out.println(gcUntil(() -> w2.get() == null) + " " + (w1.get() == strong) + " " + w1.refersTo(strong)
            + " " + w2.refersTo(null));
        System.out.println(q.remove(5000) == w2);
        System.out.println(q.poll());
        Reference.reachabilityFence(strong);
        PhantomReference<Object> ph = new PhantomReference<>(new Object(), q);
        System.out.println(ph.get() + " " + gcUntil(() -> ph.refersTo(null)) + " " + (q.remove(5000) == ph));
        SoftReference<Big> soft = new SoftReference<>(new Big(5));
        System.gc();
        System.out.println(soft.get().id);
        soft.clear();
        System.out.println(soft.get());
        WeakReference<Object> manual = new WeakReference<>(strong, q);
        System.out.println(manual.enqueue() + " " + manual.enqueue() + " " + manual.get() + " " + (q.poll() == manual));
        List<WeakReference<Big>> refs = new ArrayList<>();
        List<Big> keep = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Big b = new Big(i);
            refs.add(new WeakReference<>(b));
            if (i % 10 == 0) keep.add(b);
        }
        Big last = null;
        gcUntil(() -> refs.stream().filter(r -> r.get() != null).count() == 20);
        int sum = 0, alive = 0;
        for (WeakReference<Big> r : refs) {
            Big b = r.get();
            if (b != null) {
                alive++;
                sum += b.id;
            }
        }
        System.out.println(alive + " " + sum + " " + keep.size());
        WeakHashMap<Object, String> whm = new WeakHashMap<>();
        Object k1 = new Object();
        whm.put(k1, "kept");
        for (int i = 0; i < 50; i++) whm.put(new Object(), "v" + i);
        System.out.println(gcUntil(() -> whm.size() == 1) + " " + whm.get(k1));
        Object[] cyc = new Object[2];
        cyc[0] = new Object[] {cyc};
        WeakReference<Object[]> wc = new WeakReference<>(cyc);
        cyc = null;
        System.out.println(gcUntil(() -> wc.get() == null));
        WeakReference<Object> viaWeak = new WeakReference<>(new WeakReference<>(new Object()));
        System.out.println(gcUntil(() -> viaWeak.get() == null));
        int[] ms = new int[1];
        ReferenceQueue<Object> empty = new ReferenceQueue<>();
        System.out.println(empty.remove(2));
        try {
            empty.remove(-1);
        } catch (IllegalArgumentException e) { System.out.println("IAE"); }
        WeakReference<String> lit = new WeakReference<>("literal");
        System.gc();
        System.out.println(lit.get());
        WeakReference<Class<?>> cls = new WeakReference<>(WeakSoftPhantom.class);
        System.gc();
        System.out.println(cls.get().getName());
        ThreadLocal<Object> tl = new ThreadLocal<>();
        tl.set(new Object());
        WeakReference<Object> tlv = new WeakReference<>(tl.get());
        System.gc();
        System.out.println(tlv.get() == tl.get());
        try {
            w1.getClass().getMethod("clone").invoke(w1);
        } catch (NoSuchMethodException e) { System.out.println("no public clone"); }
    }
}
