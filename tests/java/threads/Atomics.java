import java.lang.invoke.*;
import java.util.*;
import java.util.concurrent.atomic.*;

/** Atomic classes, field updaters, accumulators, and VarHandle access modes under contention. */
public class Atomics {
    volatile int v;
    volatile long lv;
    volatile String sv = "a";
    int plain;
    static int st;
    volatile boolean flag;
    byte b;
    short sh;
    char ch;
    float f;
    double d;
    Object o;
    static void all(int n, Runnable r) throws Exception {
        Thread[] t = new Thread[n];
        for (int i = 0; i < n; i++) (t[i] = new Thread(r)).start();
        for (Thread k : t) k.join();
    }
    public static void main(String[] args) throws Exception {
        AtomicInteger ai = new AtomicInteger();
        AtomicLong al = new AtomicLong();
        LongAdder la = new LongAdder();
        LongAccumulator mx = new LongAccumulator(Long::max, Long.MIN_VALUE);
        DoubleAdder da = new DoubleAdder();
        AtomicIntegerArray arr = new AtomicIntegerArray(4);
        Atomics a = new Atomics();
        AtomicIntegerFieldUpdater<Atomics> fu = AtomicIntegerFieldUpdater.newUpdater(Atomics.class, "v");
        AtomicLongFieldUpdater<Atomics> lu = AtomicLongFieldUpdater.newUpdater(Atomics.class, "lv");
        VarHandle vh = MethodHandles.lookup().findVarHandle(Atomics.class, "plain", int.class);
        all(4, () -> {
            for (int i = 0; i < 2000; i++) {
                ai.incrementAndGet();
                al.addAndGet(3);
                la.increment();
                mx.accumulate(i);
                da.add(0.5);
                arr.getAndIncrement(i & 3);
                fu.getAndAdd(a, 2);
                lu.updateAndGet(a, x -> x + 1);
                vh.getAndAdd(a, 1);
                int e;
                do e = (int) vh.getVolatile(a);
                while (!vh.compareAndSet(a, e, e + 1));
            }
        });
        System.out.println(
            ai + " " + al + " " + la + " " + mx + " " + da + " " + arr + " " + a.v + " " + a.lv + " " + a.plain);
        System.out.println(ai.getAndUpdate(x -> x / 2) + " " + ai.accumulateAndGet(10, (x, y) -> x - y) + " "
            + ai.compareAndSet(3990, 1) + ai.compareAndSet(3990, 2) + " " + ai.getAndSet(5)
            + ai.compareAndExchange(5, 6) + ai.getPlain() + ai.incrementAndGet() + ai.decrementAndGet()
            + ai.weakCompareAndSetVolatile(99, 1));
        AtomicReference<String> ar = new AtomicReference<>("x");
        System.out.println(
            ar.compareAndSet("x", "y") + " " + ar.getAndUpdate(s -> s + "z") + ar + ar.compareAndExchange("no", "q"));
        AtomicStampedReference<String> asr = new AtomicStampedReference<>("s", 1);
        int[] h = new int[1];
        System.out.println(
            asr.compareAndSet("s", "t", 1, 2) + asr.get(h) + h[0] + asr.attemptStamp("t", 9) + asr.getStamp());
        AtomicMarkableReference<String> amr = new AtomicMarkableReference<>("m", false);
        System.out.println(amr.compareAndSet("m", "n", false, true) + " " + amr.isMarked() + amr.getReference());
        AtomicReferenceFieldUpdater<Atomics, String> ru =
            AtomicReferenceFieldUpdater.newUpdater(Atomics.class, String.class, "sv");
        System.out.println(ru.getAndSet(a, "b") + a.sv);
        AtomicBoolean ab = new AtomicBoolean();
        System.out.println(ab.getAndSet(true) + " " + ab.compareAndSet(true, false));
        AtomicLongArray ala = new AtomicLongArray(new long[] {1, 2});
        System.out.println(ala.addAndGet(1, 5) + " " + ala.length());
        AtomicReferenceArray<String> ara = new AtomicReferenceArray<>(2);
        ara.set(1, "q");
        System.out.println(ara + " " + ara.compareAndSet(0, null, "p") + ara.get(0));
        System.out.println(la.sumThenReset() + " " + la.sum());
        MethodHandles.Lookup lk = MethodHandles.lookup();
        for (Object[] spec :
            new Object[][] {{"b", byte.class, (byte) 1, (byte) 5}, {"sh", short.class, (short) 1, (short) -5},
                {"ch", char.class, 'a', 'z'}, {"flag", boolean.class, true, false}, {"f", float.class, 1.5f, -0f},
                {"d", double.class, 2.5, Double.NaN}, {"o", Object.class, "x", "y"},
                {"lv", long.class, 1L << 40, -1L}}) {
            VarHandle x = lk.findVarHandle(Atomics.class, (String) spec[0], (Class<?>) spec[1]);
            Object p = spec[2], q = spec[3];
            MethodHandle set = x.toMethodHandle(VarHandle.AccessMode.SET),
                         get = x.toMethodHandle(VarHandle.AccessMode.GET_ACQUIRE),
                         cas = x.toMethodHandle(VarHandle.AccessMode.COMPARE_AND_SET),
                         gas = x.toMethodHandle(VarHandle.AccessMode.GET_AND_SET),
                         cae = x.toMethodHandle(VarHandle.AccessMode.COMPARE_AND_EXCHANGE);
            try {
                set.invoke(a, p);
                System.out.print(spec[0] + " " + get.invoke(a) + " " + cas.invoke(a, p, q) + " " + cas.invoke(a, p, q)
                    + " " + gas.invoke(a, p) + " " + cae.invoke(a, p, q) + " " + cae.invoke(a, p, q) + " "
                    + x.isAccessModeSupported(VarHandle.AccessMode.GET_AND_ADD)
                    + x.isAccessModeSupported(VarHandle.AccessMode.GET_AND_BITWISE_OR) + "; ");
            } catch (Throwable t) { System.out.print(t + "; "); }
        }
        System.out.println();
        VarHandle ia = MethodHandles.arrayElementVarHandle(int[].class);
        int[] data = new int[3];
        ia.setRelease(data, 1, 5);
        System.out.println((int) ia.getAndBitwiseOr(data, 1, 8) + " " + (int) ia.getAndBitwiseXor(data, 1, 1) + " "
            + (int) ia.getAndBitwiseAnd(data, 1, 4) + " " + Arrays.toString(data) + " " + (int) ia.getOpaque(data, 1));
        try {
            ia.get(data, 3);
        } catch (ArrayIndexOutOfBoundsException e) { System.out.println(e.getMessage()); }
        VarHandle sv = lk.findStaticVarHandle(Atomics.class, "st", int.class);
        all(3, () -> {
            for (int i = 0; i < 1000; i++) sv.getAndAdd(1);
        });
        System.out.println(st + " " + sv.coordinateTypes() + sv.varType());
        VarHandle.fullFence();
        VarHandle.acquireFence();
        VarHandle.releaseFence();
        try {
            fu.get(null);
        } catch (RuntimeException e) { System.out.println(e.getClass().getSimpleName()); }
        try {
            AtomicIntegerFieldUpdater.newUpdater(Atomics.class, "plain");
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        try {
            AtomicIntegerFieldUpdater.newUpdater(Atomics.class, "none");
        } catch (RuntimeException e) { System.out.println(e.getCause()); }
    }
}
