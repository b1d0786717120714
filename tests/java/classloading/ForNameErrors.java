import java.io.*;
import java.util.*;

/**
 * Broken class files given to a loader: formats, versions, missing supers, final supers, circularity, verify errors.
 */
public class ForNameErrors {
    /** Writes class files by hand: a constant pool and the few members a case needs. */
    static class Asm {
        final ByteArrayOutputStream pool = new ByteArrayOutputStream();
        final DataOutputStream p = new DataOutputStream(pool);
        int n = 1;
        final Map<String, Integer> known = new HashMap<>();
        int utf(String s) throws IOException {
            Integer k = known.get("u" + s);
            if (k != null) return k;
            p.writeByte(1);
            p.writeUTF(s);
            known.put("u" + s, n);
            return n++;
        }
        int cls(String s) throws IOException {
            Integer k = known.get("c" + s);
            if (k != null) return k;
            int u = utf(s);
            p.writeByte(7);
            p.writeShort(u);
            known.put("c" + s, n);
            return n++;
        }
        byte[] make(int magic, int major, int access, String self, String sup, String[] ifs, int methods, byte[] body)
            throws IOException {
            int me = cls(self), su = sup == null ? 0 : cls(sup);
            int[] is = new int[ifs.length];
            for (int i = 0; i < is.length; i++) is[i] = cls(ifs[i]);
            ByteArrayOutputStream o = new ByteArrayOutputStream();
            DataOutputStream d = new DataOutputStream(o);
            d.writeInt(magic);
            d.writeInt(major);
            d.writeShort(n);
            d.write(pool.toByteArray());
            d.writeShort(access);
            d.writeShort(me);
            d.writeShort(su);
            d.writeShort(is.length);
            for (int i : is) d.writeShort(i);
            d.writeShort(0);
            d.writeShort(methods);
            d.write(body);
            d.writeShort(0);
            return o.toByteArray();
        }
        byte[] method(int access, String name, String desc, int stack, int locals, int... code) throws IOException {
            ByteArrayOutputStream o = new ByteArrayOutputStream();
            DataOutputStream d = new DataOutputStream(o);
            d.writeShort(access);
            d.writeShort(utf(name));
            d.writeShort(utf(desc));
            if (code.length == 0) {
                d.writeShort(0);
                return o.toByteArray();
            }
            d.writeShort(1);
            d.writeShort(utf("Code"));
            d.writeInt(12 + code.length);
            d.writeShort(stack);
            d.writeShort(locals);
            d.writeInt(code.length);
            for (int c : code) d.writeByte(c);
            d.writeShort(0);
            d.writeShort(0);
            return o.toByteArray();
        }
    }
    static class L extends ClassLoader {
        final Map<String, byte[]> m = new HashMap<>();
        L() { super(ForNameErrors.class.getClassLoader()); }
        @Override
        protected Class<?> findClass(String n) throws ClassNotFoundException {
            byte[] b = m.get(n);
            if (b == null) throw new ClassNotFoundException(n);
            return defineClass(n, b, 0, b.length);
        }
    }
    static void t(String what, L l, String n) {
        try {
            Class<?> c = Class.forName(n, true, l);
            System.out.println(what + ": ok " + c.getName() + call(c));
        } catch (Throwable e) {
            System.out.println(what + ": " + (e + "").replaceAll("@[0-9a-f]{5,}", "@").replace("\n", " / "));
        }
    }
    static String call(Class<?> c) {
        try {
            return " -> " + c.getMethod("m").invoke(null);
        } catch (NoSuchMethodException e) { return ""; } catch (Throwable e) {
            return " !" + e;
        }
    }
    interface Body {
        byte[] make(Asm a) throws IOException;
    }
    static void one(String what, String name, Body b) throws IOException {
        L l = new L();
        l.m.put(name, b.make(new Asm()));
        t(what, l, name);
    }
    static final int MAGIC = 0xcafebabe;
    static final String[] NO = {};
    static final byte[] NONE = {};
    public static void main(String[] args) throws IOException {
        one("plain", "X", a -> a.make(MAGIC, 52, 0x21, "X", "java/lang/Object", NO, 0, NONE));
        one("magic", "X", a -> a.make(0xcafed00d, 52, 0x21, "X", "java/lang/Object", NO, 0, NONE));
        one("version", "X", a -> a.make(MAGIC, 99, 0x21, "X", "java/lang/Object", NO, 0, NONE));
        one("old version", "X", a -> a.make(MAGIC, 44, 0x21, "X", "java/lang/Object", NO, 0, NONE));
        one("wrong name", "X", a -> a.make(MAGIC, 52, 0x21, "Y", "java/lang/Object", NO, 0, NONE));
        one("no super", "X", a -> a.make(MAGIC, 52, 0x21, "X", null, NO, 0, NONE));
        one("missing super", "X", a -> a.make(MAGIC, 52, 0x21, "X", "No", NO, 0, NONE));
        one("final super", "X", a -> a.make(MAGIC, 52, 0x21, "X", "java/lang/String", NO, 0, NONE));
        one("interface super", "X", a -> a.make(MAGIC, 52, 0x21, "X", "java/lang/Runnable", NO, 0, NONE));
        one("class as interface", "X",
            a -> a.make(MAGIC, 52, 0x21, "X", "java/lang/Object", new String[] {"java/lang/Thread"}, 0, NONE));
        one("repeated interface", "X",
            a
            -> a.make(MAGIC, 52, 0x21, "X", "java/lang/Object",
                new String[] {"java/lang/Runnable", "java/lang/Runnable"}, 0, NONE));
        one("circular", "X", a -> a.make(MAGIC, 52, 0x21, "X", "X", NO, 0, NONE));
        one("interface with super", "X", a -> a.make(MAGIC, 52, 0x0601, "X", "java/lang/Thread", NO, 0, NONE));
        one("final abstract", "X", a -> a.make(MAGIC, 52, 0x0431, "X", "java/lang/Object", NO, 0, NONE));
        one("enum super", "X", a -> a.make(MAGIC, 52, 0x21, "X", "java/lang/Record", NO, 0, NONE));
        one("truncated", "X", a -> Arrays.copyOf(a.make(MAGIC, 52, 0x21, "X", "java/lang/Object", NO, 0, NONE), 40));
        one("extra bytes", "X", a -> Arrays.copyOf(a.make(MAGIC, 52, 0x21, "X", "java/lang/Object", NO, 0, NONE), 200));
        one("good method", "X", a -> {
            byte[] m = a.method(9, "m", "()I", 1, 0, 0x10, 42, 0xac);
            return a.make(MAGIC, 52, 0x21, "X", "java/lang/Object", NO, 1, m);
        });
        one("underflow", "X", a -> {
            byte[] m = a.method(9, "m", "()I", 1, 0, 0x57, 0xac);
            return a.make(MAGIC, 52, 0x21, "X", "java/lang/Object", NO, 1, m);
        });
        one("overflow", "X", a -> {
            byte[] m = a.method(9, "m", "()I", 1, 0, 3, 3, 0x60, 0xac);
            return a.make(MAGIC, 52, 0x21, "X", "java/lang/Object", NO, 1, m);
        });
        one("wrong type", "X", a -> {
            byte[] m = a.method(9, "m", "()I", 1, 0, 1, 0xac);
            return a.make(MAGIC, 52, 0x21, "X", "java/lang/Object", NO, 1, m);
        });
        one("falls off", "X", a -> {
            byte[] m = a.method(9, "m", "()V", 1, 0, 3, 0x57);
            return a.make(MAGIC, 52, 0x21, "X", "java/lang/Object", NO, 1, m);
        });
        one("bad local", "X", a -> {
            byte[] m = a.method(9, "m", "()I", 1, 1, 0x1b, 0xac);
            return a.make(MAGIC, 52, 0x21, "X", "java/lang/Object", NO, 1, m);
        });
        one("bad jump", "X", a -> {
            byte[] m = a.method(9, "m", "()V", 1, 0, 0xa7, 0, 2, 0xb1);
            return a.make(MAGIC, 52, 0x21, "X", "java/lang/Object", NO, 1, m);
        });
        one("bad opcode", "X", a -> {
            byte[] m = a.method(9, "m", "()V", 1, 0, 0xfe, 0xb1);
            return a.make(MAGIC, 52, 0x21, "X", "java/lang/Object", NO, 1, m);
        });
        one("no stack map", "X", a -> {
            byte[] m = a.method(9, "m", "()V", 1, 0, 3, 0x99, 0, 4, 0, 0xb1);
            return a.make(MAGIC, 52, 0x21, "X", "java/lang/Object", NO, 1, m);
        });
        one("old class jumps", "X", a -> {
            byte[] m = a.method(9, "m", "()I", 1, 0, 3, 0x99, 0, 6, 0x10, 1, 0xac, 0x10, 2, 0xac);
            return a.make(MAGIC, 49, 0x21, "X", "java/lang/Object", NO, 1, m);
        });
        one("old class underflow", "X", a -> {
            byte[] m = a.method(9, "m", "()I", 1, 0, 0x57, 0xac);
            return a.make(MAGIC, 49, 0x21, "X", "java/lang/Object", NO, 1, m);
        });
        one("old class merge", "X", a -> {
            byte[] m = a.method(9, "m", "()I", 2, 0, 3, 0x99, 0, 4, 1, 3, 0xac);
            return a.make(MAGIC, 49, 0x21, "X", "java/lang/Object", NO, 1, m);
        });
        one("no code", "X", a -> {
            byte[] m = a.method(9, "m", "()V", 0, 0);
            return a.make(MAGIC, 52, 0x21, "X", "java/lang/Object", NO, 1, m);
        });
        one("empty code", "X", a -> {
            byte[] m = a.method(0x409, "m", "()V", 1, 0, 0xb1);
            return a.make(MAGIC, 52, 0x421, "X", "java/lang/Object", NO, 1, m);
        });
        one("bad descriptor", "X", a -> {
            byte[] m = a.method(9, "m", "(Q)V", 1, 9, 0xb1);
            return a.make(MAGIC, 52, 0x21, "X", "java/lang/Object", NO, 1, m);
        });
        one("bad name", "X", a -> {
            byte[] m = a.method(9, "m<", "()V", 1, 0, 0xb1);
            return a.make(MAGIC, 52, 0x21, "X", "java/lang/Object", NO, 1, m);
        });
        one("duplicate method", "X", a -> {
            ByteArrayOutputStream o = new ByteArrayOutputStream();
            o.write(a.method(9, "m", "()V", 1, 0, 0xb1));
            o.write(a.method(9, "m", "()V", 1, 0, 0xb1));
            return a.make(MAGIC, 52, 0x21, "X", "java/lang/Object", NO, 2, o.toByteArray());
        });
        one("overrides final", "X", a -> {
            byte[] m = a.method(1, "getClass", "()Ljava/lang/Class;", 1, 1, 1, 0xb0);
            return a.make(MAGIC, 52, 0x21, "X", "java/lang/Object", NO, 1, m);
        });
        one("void constructor", "X", a -> {
            byte[] m = a.method(1, "<init>", "()I", 1, 1, 3, 0xac);
            return a.make(MAGIC, 52, 0x21, "X", "java/lang/Object", NO, 1, m);
        });
        L two = new L();
        two.m.put("A", new Asm().make(MAGIC, 52, 0x21, "A", "B", NO, 0, NONE));
        two.m.put("B", new Asm().make(MAGIC, 52, 0x21, "B", "A", NO, 0, NONE));
        t("mutual", two, "A");
        L iface = new L();
        iface.m.put("I", new Asm().make(MAGIC, 52, 0x0601, "I", "java/lang/Object", new String[] {"J"}, 0, NONE));
        iface.m.put("J", new Asm().make(MAGIC, 52, 0x0601, "J", "java/lang/Object", new String[] {"I"}, 0, NONE));
        t("mutual interfaces", iface, "I");
    }
}
