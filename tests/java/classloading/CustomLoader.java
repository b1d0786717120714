import java.io.*;
import java.util.*;

/** A child-first loader redefines this program's classes: separate statics, identities, casts, delegation, packages. */
public class CustomLoader {
    public static class Counter implements Runnable {
        static int n;
        public void run() { n++; }
        @Override
        public String toString() {
            return "Counter " + n;
        }
    }
    public static class Uses {
        public static Object make() { return new Counter(); }
        public static Class<?> literal() { return Counter.class; }
        public static Class<?> array() { return Counter[].class; }
    }
    static byte[] bytes(String name) throws IOException {
        try (InputStream in = CustomLoader.class.getResourceAsStream(name.replace('.', '/') + ".class")) {
            return in == null ? null : in.readAllBytes();
        }
    }
    static class Own extends ClassLoader {
        final String prefix;
        final List<String> log = new ArrayList<>();
        Own(String prefix, ClassLoader parent) {
            super("own", parent);
            this.prefix = prefix;
        }
        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            log.add(name);
            if (!name.startsWith(prefix)) return super.loadClass(name, resolve);
            Class<?> c = findLoadedClass(name);
            if (c != null) return c;
            try {
                byte[] b = bytes(name);
                return defineClass(name, b, 0, b.length);
            } catch (IOException e) { throw new ClassNotFoundException(name, e); }
        }
        Class<?> define(String n, byte[] b) { return defineClass(n, b, 0, b.length); }
        Class<?> found(String n) { return findLoadedClass(n); }
    }
    interface R {
        Object run() throws Throwable;
    }
    static void t(R r) {
        try {
            System.out.println(r.run());
        } catch (Throwable e) {
            System.out.println((e.getClass().getName() + ": " + e.getMessage()).replaceAll("@[0-9a-f]{5,}", "@"));
        }
    }
    public static void main(String[] args) throws Exception {
        Own a = new Own("CustomLoader$", CustomLoader.class.getClassLoader()), b = new Own("CustomLoader$", null);
        Class<?> ca = a.loadClass("CustomLoader$Counter"), cb = b.loadClass("CustomLoader$Counter");
        System.out.println((ca == cb) + " " + (ca == Counter.class) + " " + ca.getName().equals(cb.getName()) + " "
            + (ca.getClassLoader() == a) + " " + (a.loadClass("CustomLoader$Counter") == ca));
        Runnable ra = (Runnable) ca.getDeclaredConstructor().newInstance(),
                 rb = (Runnable) cb.getDeclaredConstructor().newInstance(), r0 = new Counter();
        for (int i = 0; i < 3; i++) ra.run();
        rb.run();
        System.out.println(ra + " " + rb + " " + r0);
        t(() -> (Counter) (Object) ra);
        t(() -> ca.cast(r0));
        System.out.println(ca.isInstance(r0) + " " + ca.isInstance(ra) + " " + ca.isAssignableFrom(cb) + " "
            + Runnable.class.isAssignableFrom(ca));
        Class<?> ua = a.loadClass("CustomLoader$Uses");
        Object made = ua.getMethod("make").invoke(null);
        System.out.println((made.getClass() == ca) + " " + (ua.getMethod("literal").invoke(null) == ca) + " "
            + (((Class<?>) ua.getMethod("array").invoke(null)).getComponentType() == ca) + " " + made);
        System.out.println(a.log);
        t(() -> a.define("CustomLoader$Counter", bytes("CustomLoader$Counter")));
        t(() -> a.define("Wrong", bytes("CustomLoader$Uses")));
        t(() -> a.define("java.lang.Evil", bytes("CustomLoader$Uses")));
        t(() -> a.define(null, new byte[] {(byte) 0xca, (byte) 0xfe}));
        t(() -> a.define(null, new byte[0]));
        t(() -> a.loadClass("no.Such"));
        t(() -> b.loadClass("javax.sql.DataSource").getClassLoader() == null);
        t(() -> Class.forName("CustomLoader$Counter", true, a) == ca);
        t(() -> Class.forName("[LCustomLoader$Counter;", false, a).getComponentType() == ca);
        t(() -> Class.forName("[LCustomLoader$Counter;", false, a) == Counter[].class);
        t(() -> a.found("CustomLoader$Uses") == ua);
        t(() -> a.found("java.lang.String"));
        System.out.println(a.getName() + " " + a.getParent().getClass().getSimpleName() + " " + b.getParent() + " "
            + ca.getPackage().getName().isEmpty() + " " + a.getDefinedPackages().length + " "
            + (ca.getModule() == a.getUnnamedModule()) + " " + ca.getModule().isNamed());
    }
}
