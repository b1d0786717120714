import java.lang.reflect.*;
import java.util.*;

/** The same reflective calls many times: slow and fast accessors agree, exceptions and traces included. */
public class AccessorInflation {
    int i;
    long l;
    double d;
    String s;
    static int st;
    boolean z;
    char c;
    byte b;
    short sh;
    float f;
    final int fin = 3;
    public int add(int a, int b) { return a + b + i; }
    public static String cat(String a, Object... o) { return a + o.length; }
    public void fail(int n) { throw new IllegalStateException("n" + n); }
    public long wide(long a, double b, long c) { return a + (long) b + c; }
    private String hidden(char c, byte b, short s, boolean z, float f) { return "" + c + b + s + z + f; }
    AccessorInflation(int i) { this.i = i; }
    interface Face {
        default int m(int x) { return x * 2; }
    }
    static class Impl implements Face {
        @Override
        public int m(int x) {
            return x * 3;
        }
    }
    public static void main(String[] args) throws Exception {
        AccessorInflation o = new AccessorInflation(1);
        Method add = AccessorInflation.class.getMethod("add", int.class, int.class),
               cat = AccessorInflation.class.getMethod("cat", String.class, Object[].class),
               fail = AccessorInflation.class.getMethod("fail", int.class),
               wide = AccessorInflation.class.getMethod("wide", long.class, double.class, long.class),
               hid = AccessorInflation.class.getDeclaredMethod(
                   "hidden", char.class, byte.class, short.class, boolean.class, float.class),
               m = Face.class.getMethod("m", int.class);
        Constructor<AccessorInflation> k = AccessorInflation.class.getDeclaredConstructor(int.class);
        long h = 0;
        int fails = 0, traces = 0;
        for (int n = 0; n < 60; n++) {
            h = h * 31 + (int) add.invoke(o, n, 2) + cat.invoke(null, "c", new Object[] {1, n}).hashCode()
                + (long) wide.invoke(o, 1L << 33, 2.5, (long) n)
                + hid.invoke(o, 'q', (byte) n, (short) -n, n % 2 == 0, n / 2f).hashCode() + k.newInstance(n).i
                + (int) m.invoke(n % 2 == 0 ? new Impl() : new Face() {}, n);
            try {
                fail.invoke(o, n);
            } catch (InvocationTargetException e) {
                if (e.getCause().getMessage().equals("n" + n)) fails++;
                if (e.getCause().getStackTrace()[0].getMethodName().equals("fail")) traces++;
            }
            try {
                add.invoke(o, n);
            } catch (IllegalArgumentException e) { fails += 100; }
            try {
                add.invoke("x", 1, 2);
            } catch (IllegalArgumentException e) { fails += 10000; }
            try {
                add.invoke(null, 1, 2);
            } catch (NullPointerException e) { fails += 1000000; }
        }
        System.out.println(h + " " + fails + " " + traces);
        String[] names = {"i", "l", "d", "s", "st", "z", "c", "b", "sh", "f"};
        Object[] values = {5, 6L, 7.5, "str", 8, true, 'x', (byte) 9, (short) 10, 1.5f};
        int ok = 0;
        for (int n = 0; n < 40; n++)
            for (int q = 0; q < names.length; q++) {
                Field f = AccessorInflation.class.getDeclaredField(names[q]);
                f.set(o, values[q]);
                if (f.get(o).equals(values[q])) ok++;
            }
        System.out.println(ok);
        Field fin = AccessorInflation.class.getDeclaredField("fin");
        int denied = 0;
        for (int n = 0; n < 30; n++) try {
                fin.setInt(o, n);
            } catch (IllegalAccessException e) { denied++; }
        System.out.println(denied + " " + fin.getInt(o));
        Method ts = Object.class.getMethod("toString"), eq = Object.class.getMethod("equals", Object.class),
               cmp = Comparable.class.getMethod("compareTo", Object.class);
        for (int n = 0; n < 50; n++) {
            h = h * 7 + ts.invoke(n).hashCode() + ((boolean) eq.invoke("a", "a") ? 1 : 0) + (int) cmp.invoke("b", "a");
        }
        System.out.println(h);
        Object[] recv = {
            List.of(1), new ArrayList<>(List.of(1, 2)), new LinkedList<>(), Set.of(), new ArrayDeque<>(List.of(3))};
        Method size = Collection.class.getMethod("size");
        int tot = 0;
        for (int n = 0; n < 100; n++) tot += (int) size.invoke(recv[n % 5]);
        System.out.println(tot);
    }
}
