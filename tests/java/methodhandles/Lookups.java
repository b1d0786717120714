import static java.lang.invoke.MethodType.methodType;

import java.lang.invoke.*;
import java.util.*;

/** Every kind of direct method handle, access modes of lookups, and the exceptions for wrong ones. */
public class Lookups {
    int f = 5;
    static String sf = "sf";
    final int fin = 9;
    private long pl = 7;
    int virt(int x) { return x + f; }
    static int stat(int a, int b) { return a * b; }
    private String priv(String s) { return "priv " + s; }
    Lookups() {}
    Lookups(int f) { this.f = f; }
    public String toString() { return "L" + f; }
    String va(String s, Object... o) { return s + Arrays.toString(o); }
    static class Base {
        String who() { return "Base"; }
    }
    static class Der extends Base {
        String who() { return "Der"; }
        static MethodHandle sup() throws Throwable {
            return MethodHandles.lookup().findSpecial(Base.class, "who", methodType(String.class), Der.class);
        }
    }
    interface I {
        default String d() { return "I.d"; }
        String a();
    }
    interface R {
        Object run() throws Throwable;
    }
    static void t(R r) {
        try {
            System.out.println(r.run());
        } catch (Throwable e) {
            System.out.println(
                e.getClass().getSimpleName() + ": " + (e.getMessage() + "").replaceAll("@[0-9a-f]{6,}", "@"));
        }
    }
    public static void main(String[] args) throws Throwable {
        MethodHandles.Lookup lk = MethodHandles.lookup();
        Lookups o = new Lookups(10);
        MethodHandle virt = lk.findVirtual(Lookups.class, "virt", methodType(int.class, int.class));
        System.out.println((int) virt.invokeExact(o, 3) + " " + virt.invoke(o, (short) 4) + " "
            + virt.invokeWithArguments(o, 5) + " " + virt.type() + " " + virt);
        MethodHandle stat = lk.findStatic(Lookups.class, "stat", methodType(int.class, int.class, int.class));
        System.out.println((int) stat.invokeExact(6, 7));
        MethodHandle ctor = lk.findConstructor(Lookups.class, methodType(void.class, int.class));
        System.out.println((Lookups) ctor.invokeExact(3));
        System.out.println(
            (String) lk.findSpecial(Lookups.class, "priv", methodType(String.class, String.class), Lookups.class)
                .invokeExact(o, "x")
            + " " + (String) Der.sup().invokeExact(new Der()));
        System.out.println((int) lk.findGetter(Lookups.class, "f", int.class).invokeExact(o) + " "
            + (String) lk.findStaticGetter(Lookups.class, "sf", String.class).invokeExact() + " "
            + (long) lk.findGetter(Lookups.class, "pl", long.class).invokeExact(o));
        lk.findSetter(Lookups.class, "f", int.class).invokeExact(o, 77);
        lk.findStaticSetter(Lookups.class, "sf", String.class).invokeExact("changed");
        System.out.println(o.f + sf);
        System.out.println((String) lk.findVirtual(Lookups.class, "toString", methodType(String.class)).invokeExact(o)
            + " " + lk.findVirtual(Object.class, "toString", methodType(String.class)).invoke(o) + " "
            + lk.findVirtual(List.class, "size", methodType(int.class)).invoke(List.of(1, 2)) + " "
            + lk.findVirtual(CharSequence.class, "length", methodType(int.class)).invoke("four") + " "
            + lk.findVirtual(I.class, "d", methodType(String.class)).invoke(new I() {
                  public String a() { return "a"; }
              })
            + " "
            + MethodHandles.publicLookup()
                .findVirtual(int[].class, "clone", methodType(Object.class))
                .invoke(new int[2])
                .getClass()
                .getSimpleName());
        MethodHandle va = lk.findVirtual(Lookups.class, "va", methodType(String.class, String.class, Object[].class));
        System.out.println(va.isVarargsCollector() + " " + va.invoke(o, "s", 1, 2) + " " + va.invoke(o, "s") + " "
            + va.invoke(o, "s", new Object[] {"arr"}) + " " + va.asFixedArity().invoke(o, "t", new Object[] {1}) + " "
            + va.bindTo(o).asVarargsCollector(Object[].class).invokeWithArguments("w", 1, "2", 3.0));
        System.out.println(lk.unreflect(Lookups.class.getDeclaredMethod("stat", int.class, int.class)).invoke(2, 3)
            + " " + lk.unreflectConstructor(Lookups.class.getDeclaredConstructor()).invoke() + " "
            + lk.unreflectGetter(Lookups.class.getDeclaredField("fin")).invoke(o) + " " + lk.revealDirect(stat) + " "
            + lk.bind("bound", "length", methodType(int.class)).invoke());
        t(() -> lk.findVirtual(Lookups.class, "nope", methodType(void.class)));
        t(() -> lk.findStatic(Lookups.class, "virt", methodType(int.class, int.class)));
        t(() -> lk.findVirtual(Lookups.class, "stat", methodType(int.class, int.class, int.class)));
        t(() -> lk.findVirtual(String.class, "value", methodType(byte[].class)));
        t(() -> lk.findGetter(String.class, "value", byte[].class));
        t(() -> lk.findGetter(Lookups.class, "f", long.class));
        t(() -> lk.findSetter(Lookups.class, "fin", int.class));
        t(() -> lk.findConstructor(Lookups.class, methodType(int.class)));
        t(() -> lk.findConstructor(Runnable.class, methodType(void.class)));
        t(()
                -> MethodHandles.publicLookup().findVirtual(
                    Lookups.class, "priv", methodType(String.class, String.class)));
        t(() -> MethodHandles.publicLookup().findVirtual(String.class, "length", methodType(int.class)).invoke("abc"));
        t(() -> lk.findSpecial(String.class, "length", methodType(int.class), String.class));
        t(() -> MethodHandles.privateLookupIn(String.class, lk));
        t(() -> MethodHandles.privateLookupIn(Der.class, lk).lookupClass());
        t(() -> lk.in(String.class));
        t(() -> lk.findVirtual(MethodHandle.class, "invokeExact", methodType(int.class, int.class)).type());
        t(() -> lk.findClass("Lookups$Base"));
        t(() -> lk.accessClass(Der.class).getSimpleName());
        t(() -> lk.findClass("no.Such"));
        t(()
                -> lk.dropLookupMode(MethodHandles.Lookup.PRIVATE)
                    .findVirtual(Lookups.class, "priv", methodType(String.class, String.class)));
        t(() -> {
            int x = (int) virt.invokeExact(o, (short) 3);
            return x;
        });
        t(() -> {
            Object x = virt.invokeExact(o, 3);
            return x;
        });
        t(() -> (int) virt.invokeExact((Object) o, 3));
        t(() -> virt.invoke("x", 3));
        t(() -> virt.invoke(o));
        t(() -> virt.invoke(o, "3"));
        t(() -> virt.invoke(o, (Object) "3"));
        t(() -> virt.invoke((Object) null, 3));
        t(() -> virt.invokeWithArguments(o));
        t(() -> virt.invoke(null, 1));
        t(() -> stat.invoke(3L, 4));
        t(() -> (long) stat.invoke(3, 4));
        t(() -> (byte) stat.invoke(3, 4));
        t(() -> (Integer) stat.invoke(3, Integer.valueOf(5)));
        t(() -> {
            stat.invoke(1, 2);
            return "void ok";
        });
        t(() -> (String) stat.invoke(1, 2));
        t(() -> lk.findStatic(Integer.class, "parseInt", methodType(int.class, String.class)).invoke("zz"));
        MethodType mt = methodType(String.class, int.class, long[].class, Object.class);
        System.out.println(mt + " " + mt.toMethodDescriptorString() + " " + mt.erase() + " " + mt.generic() + " "
            + mt.wrap() + " " + mt.unwrap() + " "
            + mt.changeReturnType(void.class).dropParameterTypes(0, 1).insertParameterTypes(1, byte.class) + " "
            + mt.equals(MethodType.fromMethodDescriptorString("(I[JLjava/lang/Object;)Ljava/lang/String;", null)) + " "
            + (mt == methodType(String.class, int.class, long[].class, Object.class)) + " " + mt.parameterList()
            + mt.hasPrimitives() + MethodType.genericMethodType(2, true));
        t(() -> methodType(int.class, void.class));
        t(() -> MethodType.fromMethodDescriptorString("(I", null));
        t(() -> MethodType.fromMethodDescriptorString("(LNope;)V", null));
        t(() -> mt.parameterType(5));
    }
}
