import java.io.*;
import java.lang.ref.*;
import java.util.*;

/** Classes and their loaders are collected when nothing refers to them, and not before. */
public class Unloading {
    public static class Payload {
        static byte[] data = new byte[10000];
        static int v = 7;
        public int get() { return v; }
        Runnable lambda() { return () -> v++; }
    }
    static class L extends ClassLoader {
        L() { super(Unloading.class.getClassLoader()); }
        Class<?> def() throws IOException {
            try (InputStream in = Unloading.class.getResourceAsStream("Unloading$Payload.class")) {
                byte[] b = in.readAllBytes();
                return defineClass("Unloading$Payload", b, 0, b.length);
            }
        }
    }
    static WeakReference<ClassLoader> use() throws Exception {
        L l = new L();
        Class<?> c = l.def();
        Object o = c.getDeclaredConstructor().newInstance();
        c.getMethod("get").invoke(o);
        return new WeakReference<>(l);
    }
    static Object kept(List<WeakReference<ClassLoader>> out) throws Exception {
        L l = new L();
        Class<?> c = l.def();
        out.add(new WeakReference<>(l));
        return c.getDeclaredConstructor().newInstance();
    }
    static boolean gone(WeakReference<?> w) throws Exception {
        for (int i = 0; i < 100 && w.get() != null; i++) {
            System.gc();
            Thread.sleep(3);
        }
        return w.get() == null;
    }
    public static void main(String[] args) throws Exception {
        System.out.println(gone(use()));
        List<WeakReference<ClassLoader>> refs = new ArrayList<>();
        Object o = kept(refs);
        for (int i = 0; i < 3; i++) System.gc();
        System.out.println((refs.get(0).get() != null) + " " + (o.getClass().getClassLoader() == refs.get(0).get())
            + " " + o.getClass().getMethod("get").invoke(o));
        Class<?> arr = o.getClass().arrayType();
        o = null;
        System.gc();
        System.out.println(refs.get(0).get() != null);
        Reference.reachabilityFence(arr);
        arr = null;
        System.out.println(gone(refs.get(0)));
        List<WeakReference<ClassLoader>> many = new ArrayList<>();
        for (int i = 0; i < 60; i++) many.add(use());
        int left = 0;
        for (WeakReference<ClassLoader> w : many)
            if (!gone(w)) left++;
        System.out.println(left);
        L l = new L();
        WeakReference<Class<?>> wc = new WeakReference<>(l.def());
        System.gc();
        System.out.println(wc.get() != null);
        Reference.reachabilityFence(l);
        Runnable[] r = {null};
        L l2 = new L();
        Class<?> c2 = l2.def();
        java.lang.reflect.Method m = c2.getDeclaredMethod("lambda");
        m.setAccessible(true);
        r[0] = (Runnable) m.invoke(c2.getDeclaredConstructor().newInstance());
        WeakReference<ClassLoader> w2 = new WeakReference<>(l2);
        l2 = null;
        c2 = null;
        m = null;
        System.gc();
        r[0].run();
        System.out.println(w2.get() != null);
        r[0] = null;
        System.out.println(gone(w2));
    }
}
