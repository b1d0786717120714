import java.lang.reflect.Field;
import sun.misc.Unsafe;

/** sun.misc.Unsafe through reflection: fields, arrays, raw memory, compare-and-set, allocation, fences, park. */
@SuppressWarnings("removal")
public class UnsafeUse {
    byte b;
    short s;
    char c;
    int i;
    long l;
    float f;
    double d;
    boolean z;
    Object o;
    volatile int vi;
    static int st = 5;
    UnsafeUse() { i = 99; }
    public static void main(String[] args) throws Exception {
        Field uf = Unsafe.class.getDeclaredField("theUnsafe");
        uf.setAccessible(true);
        Unsafe u = (Unsafe) uf.get(null);
        UnsafeUse x = new UnsafeUse();
        long[] off = new long[9];
        String[] names = {"b", "s", "c", "i", "l", "f", "d", "z", "o"};
        java.util.Set<Long> distinct = new java.util.HashSet<>();
        for (int k = 0; k < 9; k++) {
            off[k] = u.objectFieldOffset(UnsafeUse.class.getDeclaredField(names[k]));
            distinct.add(off[k]);
        }
        System.out.println(distinct.size());
        u.putByte(x, off[0], (byte) -1);
        u.putShort(x, off[1], (short) -2);
        u.putChar(x, off[2], 'u');
        u.putInt(x, off[3], 4);
        u.putLong(x, off[4], 5L << 40);
        u.putFloat(x, off[5], 1.5f);
        u.putDouble(x, off[6], 2.5);
        u.putBoolean(x, off[7], true);
        u.putObject(x, off[8], "obj");
        System.out.println(x.b + " " + x.s + " " + x.c + " " + x.i + " " + x.l + " " + x.f + " " + x.d + " " + x.z + " "
            + x.o + " " + u.getInt(x, off[3]) + u.getObject(x, off[8]) + u.getDoubleVolatile(x, off[6]));
        System.out.println(u.compareAndSwapInt(x, off[3], 4, 44) + " " + u.compareAndSwapInt(x, off[3], 4, 45) + " "
            + u.compareAndSwapLong(x, off[4], 5L << 40, -1) + " " + u.compareAndSwapObject(x, off[8], "obj", null) + " "
            + u.getAndAddInt(x, off[3], 6) + " " + u.getAndSetObject(x, off[8], "new") + " " + x.i + x.l + x.o
            + u.getAndAddLong(x, off[4], 3) + u.getAndSetInt(x, off[3], 1));
        u.putOrderedInt(x, off[3], 7);
        u.putIntVolatile(x, off[3], u.getIntVolatile(x, off[3]) + 1);
        System.out.println(x.i);
        Field sf = UnsafeUse.class.getDeclaredField("st");
        System.out.println(u.getInt(u.staticFieldBase(sf), u.staticFieldOffset(sf)));
        UnsafeUse raw = (UnsafeUse) u.allocateInstance(UnsafeUse.class);
        System.out.println(raw.i + " " + raw.o);
        long m = u.allocateMemory(64);
        u.setMemory(m, 64, (byte) 0);
        u.putLong(m, 0x0102030405060708L);
        u.putInt(m + 8, 77);
        u.putDouble(m + 16, 3.25);
        System.out.println(u.getByte(m) + " " + u.getInt(m + 8) + " " + u.getDouble(m + 16) + " " + u.getShort(m + 6));
        u.copyMemory(m, m + 32, 16);
        System.out.println(u.getInt(m + 40));
        m = u.reallocateMemory(m, 256);
        System.out.println(u.getInt(m + 40));
        u.freeMemory(m);
        int[] a = {1, 2, 3};
        long base = u.arrayBaseOffset(int[].class), scale = u.arrayIndexScale(int[].class);
        u.putInt(a, base + 2 * scale, 33);
        System.out.println(a[2] + " " + u.getInt(a, base + scale) + " " + scale + " " + u.arrayIndexScale(byte[].class)
            + u.arrayIndexScale(long[].class) + " " + (u.arrayIndexScale(Object[].class) >= 4));
        Object[] oa = {"p", "q"};
        System.out.println(u.getObject(oa, u.arrayBaseOffset(Object[].class) + u.arrayIndexScale(Object[].class)));
        byte[] by = new byte[16];
        u.putLong(by, (long) u.arrayBaseOffset(byte[].class), 0x1122334455667788L);
        System.out.println(Integer.toHexString(by[0]) + " " + u.addressSize() + " " + (u.pageSize() >= 4096));
        u.loadFence();
        u.storeFence();
        u.fullFence();
        u.unpark(Thread.currentThread());
        u.park(false, 0);
        u.park(false, 1000);
        try {
            u.throwException(new java.io.IOException("thrown by unsafe"));
        } catch (Exception e) { System.out.println(e.getMessage()); }
        double[] load = new double[3];
        System.out.println(u.getLoadAverage(load, 1) <= 1);
    }
}
