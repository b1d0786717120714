import java.lang.invoke.*;
import java.nio.*;
import java.util.*;

/** Var handles of arrays, byte-array and buffer views, all access modes, exact and inexact invocation, errors. */
public class VarHandles {
    int i;
    static long sl;
    volatile String s;
    final int fin = 4;
    double d;
    interface R {
        Object run() throws Throwable;
    }
    static void t(R r) {
        try {
            System.out.println(r.run());
        } catch (Throwable e) {
            System.out.println(
                e.getClass().getSimpleName() + ": " + (e.getMessage() + "").replaceAll("@[0-9a-f]{6,}", "@"));
        }
    }
    public static void main(String[] args) throws Throwable {
        MethodHandles.Lookup lk = MethodHandles.lookup();
        VarHandle vi = lk.findVarHandle(VarHandles.class, "i", int.class),
                  vsl = lk.findStaticVarHandle(VarHandles.class, "sl", long.class),
                  vs = lk.findVarHandle(VarHandles.class, "s", String.class),
                  vf = lk.findVarHandle(VarHandles.class, "fin", int.class),
                  vd = lk.findVarHandle(VarHandles.class, "d", double.class);
        VarHandles o = new VarHandles();
        System.out.println(vi.varType() + " " + vi.coordinateTypes() + " " + vsl.coordinateTypes() + " "
            + vi.accessModeType(VarHandle.AccessMode.COMPARE_AND_SET) + " "
            + vs.accessModeType(VarHandle.AccessMode.GET_AND_SET));
        StringBuilder sb = new StringBuilder();
        for (VarHandle.AccessMode m : VarHandle.AccessMode.values())
            sb.append(m.methodName())
                .append(vi.isAccessModeSupported(m) ? 1 : 0)
                .append(vs.isAccessModeSupported(m) ? 1 : 0)
                .append(vf.isAccessModeSupported(m) ? 1 : 0)
                .append(vd.isAccessModeSupported(m) ? 1 : 0)
                .append(' ');
        System.out.println(sb);
        vi.set(o, 1);
        vi.setVolatile(o, (int) vi.get(o) + 1);
        vi.setOpaque(o, (int) vi.getVolatile(o) + 1);
        vi.setRelease(o, (int) vi.getAcquire(o) + 1);
        System.out.println(o.i + " " + (int) vi.getOpaque(o) + " " + vi.compareAndSet(o, 4, 5)
            + vi.compareAndSet(o, 4, 6) + " " + (int) vi.compareAndExchange(o, 5, 7)
            + (int) vi.compareAndExchangeAcquire(o, 5, 8) + (int) vi.compareAndExchangeRelease(o, 7, 9) + " "
            + (int) vi.getAndSet(o, 10) + (int) vi.getAndSetAcquire(o, 11) + (int) vi.getAndSetRelease(o, 12) + " "
            + (int) vi.getAndAdd(o, 3) + " " + (int) vi.getAndAddAcquire(o, -1) + " "
            + (int) vi.getAndAddRelease(o, 100) + " " + (int) vi.getAndBitwiseOr(o, 0xf0) + " "
            + (int) vi.getAndBitwiseAnd(o, 0x3c) + " " + (int) vi.getAndBitwiseXor(o, -1) + " " + o.i);
        boolean w = false;
        for (int k = 0; k < 100 && !w; k++)
            w = vi.weakCompareAndSetPlain(o, o.i, 50) && vi.weakCompareAndSet(o, 50, 51)
                && vi.weakCompareAndSetAcquire(o, 51, 52) && vi.weakCompareAndSetRelease(o, 52, 53);
        System.out.println(w + " " + o.i);
        vsl.set(5L);
        System.out.println((long) vsl.getAndAdd(1L << 40) + " " + sl + " " + vs.compareAndSet(o, null, "new")
            + (String) vs.getAndSet(o, "newer") + (String) vs.getVolatile(o) + " " + (double) vd.getAndAdd(o, 2.5)
            + o.d);
        vi.set(o, (byte) 3);
        vi.set(o, 'c');
        System.out.println(o.i + " " + (long) vi.get(o) + " " + (Object) vi.get(o));
        t(() -> {
            vf.set(o, 5);
            return 0;
        });
        t(() -> vs.getAndAdd(o, "x"));
        t(() -> {
            vi.set(o, "str");
            return 0;
        });
        t(() -> {
            vi.set(o, 5L);
            return 0;
        });
        t(() -> (int) vi.get("x"));
        t(() -> (int) vi.get(null));
        t(() -> (int) vi.get());
        t(() -> (String) vi.get(o));
        t(() -> {
            vi.get(o);
            return "dropped";
        });
        t(() -> {
            VarHandle ex = vi.withInvokeExactBehavior();
            ex.set(o, (byte) 1);
            return 0;
        });
        t(() -> {
            VarHandle ex = vi.withInvokeExactBehavior();
            ex.set(o, 1);
            return (int) ex.get(o) + " " + ex.hasInvokeExactBehavior();
        });
        t(() -> lk.findVarHandle(VarHandles.class, "nope", int.class));
        t(() -> lk.findVarHandle(VarHandles.class, "i", long.class));
        t(() -> lk.findStaticVarHandle(VarHandles.class, "i", int.class));
        for (Object arr : new Object[] {new byte[] {1, 2}, new short[] {1, 2}, new char[] {'a', 'b'}, new int[] {1, 2},
                 new long[] {1, 2}, new float[] {1, 2}, new double[] {1, 2}, new boolean[] {true, false},
                 new String[] {"a", "b"}}) {
            VarHandle a = MethodHandles.arrayElementVarHandle(arr.getClass());
            System.out.print(a.varType().getSimpleName() + " "
                + a.toMethodHandle(VarHandle.AccessMode.GET_VOLATILE).invoke(arr, 0) + " "
                + a.toMethodHandle(VarHandle.AccessMode.COMPARE_AND_SET)
                    .invoke(arr, 0, java.lang.reflect.Array.get(arr, 0), java.lang.reflect.Array.get(arr, 1))
                + " " + java.lang.reflect.Array.get(arr, 0) + " "
                + a.toMethodHandle(VarHandle.AccessMode.COMPARE_AND_EXCHANGE)
                    .invoke(arr, 1, java.lang.reflect.Array.get(arr, 1), java.lang.reflect.Array.get(arr, 0))
                + "; ");
        }
        System.out.println();
        VarHandle sa = MethodHandles.arrayElementVarHandle(String[].class),
                  oa = MethodHandles.arrayElementVarHandle(Object[].class);
        t(() -> (String) sa.get(new String[1], 1));
        t(() -> (String) sa.get(null, 0));
        t(() -> {
            oa.set((Object[]) new String[1], 0, 5);
            return 0;
        });
        t(() -> (String) sa.get(new String[1], -1));
        byte[] b = new byte[32];
        for (ByteOrder bo : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            VarHandle bi = MethodHandles.byteArrayViewVarHandle(int[].class, bo),
                      bl = MethodHandles.byteArrayViewVarHandle(long[].class, bo),
                      bs = MethodHandles.byteArrayViewVarHandle(short[].class, bo),
                      bd = MethodHandles.byteArrayViewVarHandle(double[].class, bo),
                      bc = MethodHandles.byteArrayViewVarHandle(char[].class, bo),
                      bf = MethodHandles.byteArrayViewVarHandle(float[].class, bo);
            bi.set(b, 1, 0x01020304);
            bl.set(b, 5, 0x0102030405060708L);
            bs.set(b, 13, (short) 0x0102);
            bd.set(b, 15, 1.5);
            bc.set(b, 23, 'q');
            bf.set(b, 25, 2.5f);
            System.out.println(Arrays.toString(b) + (int) bi.get(b, 2) + " " + (long) bl.get(b, 3) + " "
                + (short) bs.get(b, 14) + " " + (double) bd.get(b, 15) + (char) bc.get(b, 23) + (float) bf.get(b, 25));
            t(() -> (int) bi.get(b, 29));
            t(() -> (int) bi.get(b, -1));
            ByteBuffer hb = ByteBuffer.allocate(16), db = ByteBuffer.allocateDirect(16);
            VarHandle vb = MethodHandles.byteBufferViewVarHandle(int[].class, bo);
            vb.set(hb, 4, 77);
            vb.set(db, 4, 78);
            System.out.println(hb.order(bo).getInt(4) + " " + db.order(bo).getInt(4) + " " + (int) vb.getVolatile(db, 8)
                + " " + (int) vb.getAndAdd(db, 4, 2) + " " + vb.compareAndSet(db, 4, 80, 81) + (int) vb.get(db, 4));
            t(() -> {
                vb.set(hb.asReadOnlyBuffer(), 0, 1);
                return 0;
            });
            t(() -> (int) vb.get(hb, 13));
        }
        t(() -> MethodHandles.byteArrayViewVarHandle(boolean[].class, ByteOrder.BIG_ENDIAN));
        t(() -> MethodHandles.arrayElementVarHandle(int.class));
        MethodHandle mg = MethodHandles.varHandleInvoker(
                         VarHandle.AccessMode.GET, MethodType.methodType(int.class, VarHandles.class)),
                     mx = MethodHandles.varHandleExactInvoker(
                         VarHandle.AccessMode.SET, MethodType.methodType(void.class, VarHandles.class, int.class));
        mx.invoke(vi, o, 321);
        System.out.println(mg.invoke(vi, o) + " " + vi.equals(lk.findVarHandle(VarHandles.class, "i", int.class)) + " "
            + vi.describeConstable().isPresent());
    }
}
