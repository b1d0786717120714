import java.io.*;
import java.lang.invoke.*;
import java.lang.ref.*;

/** Lookup.defineClass and defineHiddenClass from this program's own class files. */
public class HiddenClasses {
    public static class Template implements Runnable {
        static int made;
        int n = ++made;
        public void run() { System.out.println("run " + n + " " + made + " " + getClass().isHidden()); }
        static String hi(String s) { return "hi " + s; }
        private static int peer() { return HiddenClasses.secret; }
    }
    private static int secret = 42;
    public static class WithData {
        static Object data() throws Throwable {
            return MethodHandles.classData(MethodHandles.lookup(), "_", Object.class);
        }
    }
    static byte[] bytes(Class<?> c) throws IOException {
        try (InputStream in = HiddenClasses.class.getResourceAsStream(c.getName() + ".class")) {
            return in.readAllBytes();
        }
    }
    public static void main(String[] args) throws Throwable {
        MethodHandles.Lookup lk = MethodHandles.lookup();
        byte[] b = bytes(Template.class);
        MethodHandles.Lookup h1 = lk.defineHiddenClass(b, true),
                             h2 = lk.defineHiddenClass(b, false, MethodHandles.Lookup.ClassOption.NESTMATE);
        Class<?> k1 = h1.lookupClass(), k2 = h2.lookupClass();
        System.out.println((k1 != k2) + " " + k1.isHidden() + " " + k1.getName().startsWith("HiddenClasses$Template/")
            + " "
            + " " + (k1.getClassLoader() == HiddenClasses.class.getClassLoader()) + " "
            + k1.getPackageName().isEmpty() + " " + k2.getNestHost().getSimpleName() + " "
            + k1.descriptorString().replaceAll("0x[0-9a-f]+", "N"));
        Runnable r = (Runnable) k1.getDeclaredConstructor().newInstance();
        r.run();
        ((Runnable) k1.getDeclaredConstructor().newInstance()).run();
        ((Runnable) k2.getDeclaredConstructor().newInstance()).run();
        new Template().run();
        System.out.println(h1.findStatic(k1, "hi", MethodType.methodType(String.class, String.class)).invoke("there")
            + " " + (int) h2.findStatic(k2, "peer", MethodType.methodType(int.class)).invoke());
        try {
            h1.findStatic(k1, "peer", MethodType.methodType(int.class)).invoke();
            System.out.println("?");
        } catch (IllegalAccessError e) { System.out.println("IAE"); }
        try {
            Class.forName(k1.getName());
        } catch (ClassNotFoundException e) { System.out.println("not found by name"); }
        MethodHandles.Lookup hd = lk.defineHiddenClassWithClassData(bytes(WithData.class), "the data", true);
        System.out.println(hd.findStatic(hd.lookupClass(), "data", MethodType.methodType(Object.class)).invoke());
        try {
            lk.defineClass(b);
        } catch (LinkageError e) { System.out.println("duplicate"); }
        try {
            lk.defineHiddenClass(new byte[] {1, 2, 3}, true);
        } catch (ClassFormatError e) { System.out.println("CFE"); }
        byte[] other = bytes(Template.class).clone();
        other[7] = 99;
        try {
            lk.defineHiddenClass(other, true);
        } catch (UnsupportedClassVersionError e) { System.out.println("UCVE"); }
        try {
            MethodHandles.publicLookup().defineHiddenClass(b, true);
        } catch (IllegalAccessException e) { System.out.println("no access"); }
        try {
            lk.defineHiddenClass(bytesOf("java/lang/Object.class"), true);
        } catch (IllegalArgumentException e) { System.out.println("other package"); }
        Object arr = java.lang.reflect.Array.newInstance(k1, 2);
        System.out.println(java.lang.reflect.Array.getLength(arr) + " "
            + arr.getClass().getName().startsWith("[LHiddenClasses$Template/"));
        WeakReference<Class<?>> gone = new WeakReference<>(make(lk, b));
        for (int i = 0; i < 100 && gone.get() != null; i++) {
            System.gc();
            Thread.sleep(5);
        }
        System.out.println(gone.get() == null);
        StackTraceElement[] st = null;
        Runnable bad = (Runnable) lk.defineHiddenClass(bytes(Thrower.class), true)
                           .lookupClass()
                           .getDeclaredConstructor()
                           .newInstance();
        try {
            bad.run();
        } catch (IllegalStateException e) { st = e.getStackTrace(); }
        System.out.println(st[0].getMethodName());
    }
    public static class Thrower implements Runnable {
        public void run() { throw new IllegalStateException("hidden frame"); }
    }
    static Class<?> make(MethodHandles.Lookup lk, byte[] b) throws Throwable {
        return lk.defineHiddenClass(b, true).lookupClass();
    }
    static byte[] bytesOf(String r) throws IOException {
        try (InputStream in = Object.class.getResourceAsStream("/" + r)) {
            return in.readAllBytes();
        }
    }
}
