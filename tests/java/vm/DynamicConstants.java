import java.io.*;
import java.lang.invoke.*;
import java.util.*;

/** invokedynamic and dynamic constants assembled by hand: linkage, caching, failures of bootstrap methods. */
public class DynamicConstants {
    static int bootstraps;
    public static Object con(MethodHandles.Lookup l, String name, Class<?> type) {
        bootstraps++;
        if (name.equals("fail")) throw new IllegalStateException("bootstrap failed");
        if (name.equals("wrong")) return 5;
        return name + "#" + bootstraps;
    }
    public static CallSite site(MethodHandles.Lookup l, String name, MethodType type) throws Throwable {
        bootstraps++;
        if (name.equals("fail")) throw new IllegalStateException("site failed");
        if (name.equals("null")) return null;
        if (name.equals("wrong")) return new ConstantCallSite(MethodHandles.constant(String.class, "x"));
        return new ConstantCallSite(MethodHandles.constant(int.class, name.length() + bootstraps * 100));
    }
    static class L extends ClassLoader {
        L() { super(DynamicConstants.class.getClassLoader()); }
        Class<?> def(byte[] b) { return defineClass(null, b, 0, b.length); }
    }
    /**
     * A class D with static m() whose body is an ldc of a dynamic constant or an invokedynamic, made by method `bsm`
     * here.
     */
    static byte[] cls(boolean constant, String name, String bsm, String bsmDesc) throws IOException {
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        DataOutputStream d = new DataOutputStream(o);
        String desc = constant ? "Ljava/lang/String;" : "()I";
        String[] utf = {"D", "java/lang/Object", "m", constant ? "()Ljava/lang/String;" : "()I", "Code",
            "BootstrapMethods", "DynamicConstants", bsm, bsmDesc, name, desc};
        d.writeInt(0xcafebabe);
        d.writeInt(55);
        d.writeShort(20);
        for (String s : utf) {
            d.writeByte(1);
            d.writeUTF(s);
        }
        d.writeByte(7);
        d.writeShort(1); // 12 class D
        d.writeByte(7);
        d.writeShort(2); // 13 class Object
        d.writeByte(12);
        d.writeShort(10);
        d.writeShort(11); // 14 name and type of the constant or site
        d.writeByte(constant ? 17 : 18);
        d.writeShort(0);
        d.writeShort(14); // 15 dynamic or invokedynamic
        d.writeByte(7);
        d.writeShort(7); // 16 class DynamicConstants
        d.writeByte(12);
        d.writeShort(8);
        d.writeShort(9); // 17 name and type of the bootstrap method
        d.writeByte(10);
        d.writeShort(16);
        d.writeShort(17); // 18 method reference
        d.writeByte(15);
        d.writeByte(6);
        d.writeShort(18); // 19 method handle
        d.writeShort(0x21);
        d.writeShort(12);
        d.writeShort(13);
        d.writeShort(0);
        d.writeShort(0);
        d.writeShort(1);
        int[] code = constant ? new int[] {0x12, 15, 0xb0} : new int[] {0xba, 0, 15, 0, 0, 0xac};
        d.writeShort(9);
        d.writeShort(3);
        d.writeShort(4);
        d.writeShort(1);
        d.writeShort(5);
        d.writeInt(12 + code.length);
        d.writeShort(1);
        d.writeShort(0);
        d.writeInt(code.length);
        for (int c : code) d.writeByte(c);
        d.writeShort(0);
        d.writeShort(0);
        d.writeShort(1);
        d.writeShort(6);
        d.writeInt(6);
        d.writeShort(1);
        d.writeShort(19);
        d.writeShort(0);
        return o.toByteArray();
    }
    static void run(String what, boolean constant, String name, String bsm, String desc) throws Exception {
        bootstraps = 0;
        Class<?> c = new L().def(cls(constant, name, bsm, desc));
        for (int i = 0; i < 3; i++) try {
                System.out.println(what + ": " + c.getMethod("m").invoke(null));
            } catch (java.lang.reflect.InvocationTargetException e) {
                Throwable t = e.getCause();
                System.out.println(what + ": " + t + " <- " + t.getCause());
            }
        System.out.println(what + " bootstraps " + bootstraps);
    }
    public static void main(String[] args) throws Exception {
        String con = "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;Ljava/lang/Class;)Ljava/lang/Object;",
               site = "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;Ljava/lang/invoke/MethodType;)Ljava/"
                      + "lang/invoke/CallSite;";
        run("constant", true, "hello", "con", con);
        run("constant fails", true, "fail", "con", con);
        run("constant wrong", true, "wrong", "con", con);
        run("site", false, "abc", "site", site);
        run("site fails", false, "fail", "site", site);
        run("site null", false, "null", "site", site);
        run("site wrong", false, "wrong", "site", site);
        run("no such bootstrap", false, "abc", "nope", site);
        run("no such constant bootstrap", true, "abc", "nope", con);
    }
}
