import java.io.*;
import java.util.*;

/**
 * Linkage errors at run time: members removed, made private, static or abstract after compilation, simulated with a
 * loader.
 */
public class AccessErrors {
    public static class Target {
        public int field = 1;
        public static int sfield = 2;
        public int meth() { return 3; }
        public static int smeth() { return 4; }
    }
    public static class User {
        public static Object field() { return new Target().field; }
        public static Object sfield() { return Target.sfield; }
        public static Object meth() { return new Target().meth(); }
        public static Object smeth() { return Target.smeth(); }
        public static Object create() { return new Target() != null; }
        public static Object cast() { return (Target) null; }
        public static Object inst() { return "x" instanceof Object && !(((Object) "x") instanceof Target); }
    }
    /** Rewrites names in a class file's constant pool. */
    static byte[] patch(String cls, String from, String to) throws IOException {
        byte[] b;
        try (InputStream in = AccessErrors.class.getResourceAsStream(cls + ".class")) {
            b = in.readAllBytes();
        }
        byte[] f = from.getBytes(), t = to.getBytes();
        for (int i = 3; i < b.length - f.length; i++) {
            if (b[i - 3] == 1 && (b[i - 2] & 255) * 256 + (b[i - 1] & 255) == f.length
                && Arrays.equals(Arrays.copyOfRange(b, i, i + f.length), f))
                System.arraycopy(t, 0, b, i, t.length);
        }
        return b;
    }
    static byte[] flags(byte[] b, String member, int flags) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(b));
        in.readInt();
        in.readInt();
        int n = in.readUnsignedShort();
        String[] utf = new String[n];
        for (int i = 1; i < n; i++) {
            int tag = in.readByte();
            switch (tag) {
                case 1 -> utf[i] = in.readUTF();
                case 3, 4, 9, 10, 11, 12, 17, 18 -> in.readInt();
                case 5, 6 -> {
                    in.readLong();
                    i++;
                }
                case 15 -> in.skipBytes(3);
                default -> in.readShort();
            }
        }
        in.skipBytes(6);
        in.skipBytes(in.readUnsignedShort() * 2);
        byte[] out = b.clone();
        for (int kind = 0; kind < 2; kind++) {
            int k = in.readUnsignedShort();
            for (int i = 0; i < k; i++) {
                int at = b.length - in.available();
                in.readShort();
                String name = utf[in.readUnsignedShort()];
                in.readShort();
                if (name.equals(member)) {
                    out[at] = (byte) (flags >> 8);
                    out[at + 1] = (byte) flags;
                }
                int as = in.readUnsignedShort();
                for (int j = 0; j < as; j++) {
                    in.readShort();
                    in.skipBytes(in.readInt());
                }
            }
        }
        return out;
    }
    static class L extends ClassLoader {
        final Map<String, byte[]> m = new HashMap<>();
        L() { super(AccessErrors.class.getClassLoader()); }
        @Override
        protected Class<?> loadClass(String n, boolean r) throws ClassNotFoundException {
            if (!m.containsKey(n)) return super.loadClass(n, r);
            Class<?> c = findLoadedClass(n);
            byte[] b = m.get(n);
            if (c != null) return c;
            if (b == null) throw new ClassNotFoundException(n);
            return defineClass(n, b, 0, b.length);
        }
    }
    static void t(String what, byte[] target, String... methods) throws Exception {
        L l = new L();
        l.m.put("AccessErrors$Target", target);
        l.m.put("AccessErrors$User", patch("AccessErrors$User", "zz", "zz"));
        for (String m : methods)
            for (int i = 0; i < 2; i++) try {
                    System.out.println(
                        what + " " + m + ": " + l.loadClass("AccessErrors$User").getMethod(m).invoke(null));
                } catch (java.lang.reflect.InvocationTargetException e) {
                    System.out.println(
                        what + " " + m + ": " + e.getCause().toString().replaceAll("@[0-9a-f]{5,}", "@"));
                }
    }
    public static void main(String[] args) throws Exception {
        byte[] plain = patch("AccessErrors$Target", "zz", "zz");
        t("same", plain, "field", "sfield", "meth", "smeth", "create", "cast", "inst");
        t("field renamed", patch("AccessErrors$Target", "field", "fielx"), "field");
        t("static renamed", patch("AccessErrors$Target", "sfield", "sfielx"), "sfield");
        t("method renamed", patch("AccessErrors$Target", "meth", "metx"), "meth");
        t("static method renamed", patch("AccessErrors$Target", "smeth", "smetx"), "smeth");
        t("field static", flags(plain, "field", 9), "field");
        t("static field instance", flags(plain, "sfield", 1), "sfield");
        t("method static", flags(plain, "smeth", 1), "smeth");
        t("method private", flags(plain, "meth", 2), "meth");
        t("field private", flags(plain, "field", 2), "field");
        t("constructor private", flags(plain, "<init>", 2), "create");
        t("gone", null, "field", "smeth", "create", "cast", "inst");
        t("final field", flags(plain, "sfield", 0x19), "sfield");
    }
}
