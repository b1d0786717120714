// grants: file
import java.io.*;
import java.lang.invoke.*;
import java.lang.reflect.*;
import java.net.*;
import java.nio.*;
import java.nio.file.*;
import java.security.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.jar.*;
import java.util.zip.*;

/** Loaders that answer nonsense, class bytes in odd places, jars that change while they are used. */
public class HostileLoaders {
    interface Act {
        Object run() throws Throwable;
    }
    static void tryIt(String name, Act act) {
        String r;
        try {
            r = "" + act.run();
        } catch (InvocationTargetException e) {
            r = "invoked: " + e.getCause();
        } catch (Throwable t) {
            r = "" + t + (t.getCause() != null ? " / " + t.getCause() : "");
        }
        if (r.length() > 500) r = r.substring(0, 500);
        r = r.replace('\n', '|').replaceAll("@[0-9a-f]{4,}", "@X").replaceAll("[0-9]{3}", "N");
        System.out.println(name + ": " + r);
    }
    public static class T {
        public static int f() {
            return U.x;
        }
    }
    public static class U {
        static int x = 5;
    }
    static byte[] code(String n) throws IOException {
        return HostileLoaders.class.getResourceAsStream(n + ".class").readAllBytes();
    }
    static class CL extends ClassLoader {
        CL() {
            super(null);
        }
        CL(ClassLoader p) {
            super(p);
        }
        Class<?> def(String n, byte[] b, int o, int l) {
            return defineClass(n, b, o, l);
        }
        Class<?> buf(String n, ByteBuffer b) {
            return defineClass(n, b, (ProtectionDomain) null);
        }
    }
    static class Bad extends CL {
        Object what;
        int n;
        Bad(Object w) {
            what = w;
        }
        protected Class<?> loadClass(String c, boolean r) throws ClassNotFoundException {
            if (c.equals("HostileLoaders$U")) {
                n++;
                if (what instanceof Class) return (Class<?>) what;
                if (what instanceof RuntimeException) throw (RuntimeException) what;
                if (what instanceof Error) throw (Error) what;
                if (what == null) return null;
                throw new ClassNotFoundException("no " + c, new IOException("io"));
            }
            return HostileLoaders.class.getClassLoader().loadClass(c);
        }
        Object go() throws Throwable {
            Class<?> c = def("HostileLoaders$T", code("HostileLoaders$T"), 0, code("HostileLoaders$T").length);
            Object r = null;
            for (int i = 0; i < 2; i++) try {
                r = c.getMethod("f").invoke(null);
            } catch (InvocationTargetException e) {
                r = e.getCause() + " / " + e.getCause().getCause();
            }
            return r + " asked " + n;
        }
    }
    public static void main(String[] a) throws Throwable {
        byte[] t = code("HostileLoaders$T");
        tryIt("wrong class", () -> new Bad(String.class).go());
        tryIt("array class", () -> new Bad(int[].class).go());
        tryIt("primitive", () -> new Bad(int.class).go());
        tryIt("null class", () -> new Bad(null).go());
        tryIt("runtime", () -> new Bad(new IllegalStateException("x")).go());
        tryIt("error", () -> new Bad(new ThreadDeath()).go());
        tryIt("cnf", () -> new Bad("cnf").go());
        tryIt("range 1", () -> new CL().def("HostileLoaders$T", t, -1, 5));
        tryIt("range 2", () -> new CL().def("HostileLoaders$T", t, 0, t.length + 1));
        tryIt("range 3", () -> new CL().def("HostileLoaders$T", t, Integer.MAX_VALUE, Integer.MAX_VALUE));
        tryIt("empty", () -> new CL().def("HostileLoaders$T", t, 0, 0));
        tryIt("null bytes", () -> new CL().def("HostileLoaders$T", null, 0, 0));
        tryIt("wrong name", () -> new CL().def("HostileLoaders$X", t, 0, t.length));
        tryIt("slash name", () -> new CL().def("Load/T", t, 0, t.length));
        tryIt("array name", () -> new CL().def("[I", t, 0, t.length));
        tryIt("empty name", () -> new CL().def("", t, 0, t.length));
        tryIt("direct", () -> {
            ByteBuffer b = ByteBuffer.allocateDirect(t.length);
            b.put(t).flip();
            return new CL().buf("HostileLoaders$T", b);
        });
        tryIt("direct read only", () -> {
            ByteBuffer b = ByteBuffer.allocateDirect(t.length);
            b.put(t).flip();
            return new CL().buf("HostileLoaders$T", b.asReadOnlyBuffer());
        });
        tryIt("truncated", () -> {
            Set<String> s = new TreeSet<>();
            for (int i = 0; i < t.length; i++) try {
                new CL().def(null, t, 0, i);
                s.add("ok");
            } catch (LinkageError e) {
                s.add(e.getClass().getSimpleName());
            }
            return s;
        });
        tryIt("forName odd", () -> {
            StringBuilder b = new StringBuilder();
            String[] names = {"", ".", "/", "[", "[[", "[I;", "[L;", "[Ljava.lang.String", "[Ljava/lang/String;",
                "java/lang/String", "int", "\0", "\ud800", "a..b", "[".repeat(256) + "I", "[".repeat(255) + "I",
                "x".repeat(70000), "java.lang.String[]", "[V", "[Lint;"};
            for (String n : names) try {
                b.append(Class.forName(n).getName().length()).append(' ');
            } catch (Throwable e) {
                b.append(e.getClass().getSimpleName()).append(' ');
            }
            return b;
        });
        tryIt("parent loop", () -> {
            CL[] c = new CL[1];
            CL p = new CL(null) {
                protected Class<?> findClass(String n) throws ClassNotFoundException {
                    return c[0].loadClass(n);
                }
            };
            c[0] = new CL(p);
            return c[0].loadClass("nope");
        });
        tryIt("deleted jar", () -> {
            Path j = Files.createTempFile("load", ".jar");
            try (JarOutputStream o = new JarOutputStream(Files.newOutputStream(j))) {
                for (String n : new String[] {"HostileLoaders$T", "HostileLoaders$U"}) {
                    o.putNextEntry(new ZipEntry(n + ".class"));
                    o.write(code(n));
                }
            }
            try (URLClassLoader l = new URLClassLoader(new URL[] {j.toUri().toURL()}, null)) {
                Class<?> c = l.loadClass("HostileLoaders$T");
                Files.delete(j);
                return c.getMethod("f").invoke(null);
            }
        });
        tryIt("truncated jar", () -> {
            Path j = Files.createTempFile("load", ".jar");
            try (JarOutputStream o = new JarOutputStream(Files.newOutputStream(j))) {
                for (String n : new String[] {"HostileLoaders$T", "HostileLoaders$U"}) {
                    o.putNextEntry(new ZipEntry(n + ".class"));
                    o.write(code(n));
                }
            }
            try (URLClassLoader l = new URLClassLoader(new URL[] {j.toUri().toURL()}, null)) {
                Class<?> c = l.loadClass("HostileLoaders$T");
                try (RandomAccessFile f = new RandomAccessFile(j.toFile(), "rw")) {
                    f.setLength(10);
                }
                return c.getMethod("f").invoke(null);
            }
        });
        tryIt("parallel define", () -> {
            CL l = new CL();
            ConcurrentHashMap<String, Integer> m = new ConcurrentHashMap<>();
            Thread[] ts = new Thread[8];
            for (int i = 0; i < 8; i++) (ts[i] = new Thread(() -> {
                for (int k = 0; k < 50; k++) try {
                    l.def("HostileLoaders$T", t, 0, t.length);
                    m.merge("ok", 1, Integer::sum);
                } catch (LinkageError e) {
                    m.merge(e.getClass().getSimpleName(), 1, Integer::sum);
                }
            })).start();
            for (Thread x : ts) x.join();
            return new TreeMap<>(m);
        });
        tryIt("hidden bad", () -> MethodHandles.lookup().defineHiddenClass(new byte[100], true));
        tryIt("unsafe null", () -> {
            Field f = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
            f.setAccessible(true);
            sun.misc.Unsafe u = (sun.misc.Unsafe) f.get(null);
            return u.allocateInstance(Class.class);
        });
        tryIt("unsafe abstract", () -> {
            Field f = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
            f.setAccessible(true);
            sun.misc.Unsafe u = (sun.misc.Unsafe) f.get(null);
            return u.allocateInstance(Number.class);
        });
        tryIt("unsafe int", () -> {
            Field f = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
            f.setAccessible(true);
            sun.misc.Unsafe u = (sun.misc.Unsafe) f.get(null);
            return u.allocateInstance(int.class);
        });
        tryIt("unsafe array", () -> {
            Field f = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
            f.setAccessible(true);
            sun.misc.Unsafe u = (sun.misc.Unsafe) f.get(null);
            return u.allocateInstance(int[].class);
        });
    }
}
