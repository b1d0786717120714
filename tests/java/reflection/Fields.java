import java.lang.reflect.*;
import java.util.*;

/** Reading and writing fields of every type reflectively: widening, wrong types, finals, statics, access. */
public class Fields {
    public boolean z = true;
    public byte b = 1;
    public short s = 2;
    public char c = 'c';
    public int i = 3;
    public long l = 4;
    public float f = 5;
    public double d = 6;
    public String str = "s";
    public static int st = 7;
    private int priv = 8;
    final int fin = 9;
    static final Integer SF = 10;
    protected volatile transient int vt;
    int[] arr = {1};
    static class Sub extends Fields {
        public int i = 33;
        public String own;
    }
    interface R {
        Object run() throws Throwable;
    }
    static void t(String n, R r) {
        try {
            System.out.print(n + "=" + r.run() + "; ");
        } catch (Throwable e) {
            System.out.print(n + "!" + e.getClass().getSimpleName() + ":"
                + (e.getMessage() + "").replaceAll("@[0-9a-f]{5,}", "@") + "; ");
        }
    }
    public static void main(String[] args) throws Exception {
        Fields o = new Fields();
        for (String n : "z b s c i l f d str st priv fin SF vt arr".split(" ")) {
            Field x = Fields.class.getDeclaredField(n);
            System.out.print(n + " " + Modifier.toString(x.getModifiers()) + " " + x.getType().getSimpleName() + ": ");
            t("get", () -> x.get(o) instanceof int[] ? "arr" : x.get(o));
            t("int", () -> x.getInt(o));
            t("long", () -> x.getLong(o));
            t("double", () -> x.getDouble(o));
            t("char", () -> x.getChar(o));
            t("bool", () -> x.getBoolean(o));
            t("byte", () -> x.getByte(o));
            System.out.println();
        }
        for (String n : "z b s c i l f d str st fin SF".split(" ")) {
            Field x = Fields.class.getDeclaredField(n);
            for (Object v : new Object[] {true, (byte) 11, 'q', 300, 5L, 1.5f, "txt", null})
                t(n + "<-" + v, () -> {
                    x.set(o, v);
                    return x.get(o);
                });
            t("setInt", () -> {
                x.setInt(o, 70);
                return x.get(o);
            });
            t("setByte", () -> {
                x.setByte(o, (byte) 71);
                return x.get(o);
            });
            System.out.println();
        }
        Field fin = Fields.class.getDeclaredField("fin");
        fin.setAccessible(true);
        fin.setInt(o, 99);
        System.out.println(fin.get(o) + " " + fin.canAccess(o) + " " + fin.trySetAccessible());
        t("wrong receiver", () -> fin.get("x"));
        t("null receiver", () -> fin.get(null));
        Field sf = Fields.class.getDeclaredField("SF");
        sf.setAccessible(true);
        t("static final", () -> {
            sf.set(null, 5);
            return 0;
        });
        System.out.println();
        Sub sub = new Sub();
        System.out.println(Sub.class.getField("i").get(sub) + " " + Fields.class.getField("i").get(sub) + " "
            + Sub.class.getField("l").getDeclaringClass().getSimpleName() + " " + Sub.class.getFields().length + " "
            + Sub.class.getDeclaredFields().length);
        t("none", () -> Sub.class.getField("priv"));
        t("value", () -> {
            Field v = String.class.getDeclaredField("value");
            v.setAccessible(true);
            return 0;
        });
        t("private of other", () -> {
            Field v = Thread.class.getDeclaredField("name");
            return v.get(Thread.currentThread());
        });
        System.out.println();
        System.out.println(fin + " | " + fin.toGenericString() + " | "
            + fin.equals(Fields.class.getDeclaredField("fin")) + " | " + fin.hashCode());
        System.out.println(
            Arrays.toString(Arrays.stream(Fields.class.getDeclaredFields()).map(Field::getName).toArray()));
        record Rec(int a) {}
        Field ra = Rec.class.getDeclaredField("a");
        ra.setAccessible(true);
        t("record", () -> {
            ra.set(new Rec(1), 2);
            return 0;
        });
        t("length", () -> int[].class.getField("length"));
        System.out.println(
            ra.isSynthetic() + " " + ra.isEnumConstant() + " " + Thread.State.class.getField("NEW").isEnumConstant());
    }
}
