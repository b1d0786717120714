import java.lang.reflect.*;
import java.util.*;

/** Method and constructor invocation, argument conversion, exceptions, varargs, inherited and bridge lookup. */
public class Methods {
    public int add(int a, long b) { return (int) (a + b); }
    public static String cat(String a, Object... o) { return a + o.length; }
    private String secret(char c) { return "secret" + c; }
    public void fail() throws java.io.IOException { throw new java.io.IOException("io"); }
    public double mix(byte b, short s, char c, float f, double d, boolean z, long l) {
        return b + s + c + f + d + (z ? 1 : 0) + l;
    }
    public void nothing() {}
    public Methods self() { return this; }
    public String over(Object o) { return "Object"; }
    public String over(String o) { return "String"; }
    static int calls;
    static synchronized int count() { return ++calls; }
    final String name;
    public Methods() { this("default"); }
    private Methods(String n) { name = n; }
    protected Methods(int... xs) { name = "ints" + xs.length; }
    public Methods(Integer a, Integer b) throws Exception { throw new Exception("ctor"); }
    class Inner {
        Inner(int x) {}
    }
    static class Sub extends Methods {
        @Override
        public String over(Object o) {
            return "SubObject";
        }
        @Override
        public Sub self() {
            return this;
        }
    }
    static abstract class Abs {
        public abstract int f();
    }
    interface I {
        default String d() { return "default"; }
        static String s() { return "static"; }
    }
    interface R {
        Object run() throws Throwable;
    }
    static void t(R r) {
        try {
            System.out.println(r.run());
        } catch (InvocationTargetException e) { System.out.println("ITE " + e.getCause()); } catch (Throwable e) {
            System.out.println(
                e.getClass().getSimpleName() + ": " + (e.getMessage() + "").replaceAll("@[0-9a-f]{5,}", "@"));
        }
    }
    public static void main(String[] args) throws Exception {
        Methods o = new Methods();
        Class<?> c = Methods.class;
        Method add = c.getMethod("add", int.class, long.class);
        t(() -> add.invoke(o, 3, 4L));
        t(() -> add.invoke(o, (byte) 3, 'a'));
        t(() -> add.invoke(o, 3L, 4));
        t(() -> add.invoke(o, 3));
        t(() -> add.invoke(o, 3, null));
        t(() -> add.invoke(null, 3, 4));
        t(() -> add.invoke("x", 3, 4));
        t(() -> add.invoke(o, "3", 4));
        t(() -> c.getMethod("cat", String.class, Object[].class).invoke(null, "n", new Object[] {1, 2}));
        t(() -> c.getMethod("cat", String.class, Object[].class).invoke(null, "n", 1));
        t(() -> c.getMethod("secret", char.class));
        Method sec = c.getDeclaredMethod("secret", char.class);
        t(() -> sec.invoke(o, 'x'));
        t(() -> c.getMethod("fail").invoke(o));
        t(()
                -> c.getMethod("mix", byte.class, short.class, char.class, float.class, double.class, boolean.class,
                        long.class)
                    .invoke(o, (byte) 1, (short) 2, 'c', 4f, 5.5, true, 7L));
        t(() -> c.getMethod("nothing").invoke(o));
        t(() -> c.getMethod("over", Object.class).invoke(o, "s"));
        t(() -> c.getMethod("over", Object.class).invoke(new Sub(), "s"));
        t(() -> c.getMethod("over", String.class).invoke(new Sub(), "s"));
        t(() -> Sub.class.getMethod("self").getReturnType());
        Method cnt = c.getDeclaredMethod("count");
        for (int i = 0; i < 40; i++) cnt.invoke(null);
        t(() -> cnt.invoke(null));
        t(() -> ((Methods) c.getConstructor().newInstance()).name);
        t(() -> {
            Constructor<?> k = c.getDeclaredConstructor(String.class);
            return ((Methods) k.newInstance("given")).name;
        });
        t(() -> ((Methods) c.getDeclaredConstructor(int[].class).newInstance((Object) new int[] {1, 2})).name);
        t(() -> c.getConstructor(Integer.class, Integer.class).newInstance(1, 2));
        t(() -> c.getConstructor(String.class));
        t(() -> Abs.class.getDeclaredConstructor().newInstance());
        t(() -> Inner.class.getDeclaredConstructor(Methods.class, int.class).newInstance(o, 1) != null);
        t(() -> Thread.State.class.getDeclaredConstructors()[0].newInstance("x", 1));
        t(() -> I.class.getMethod("d").invoke(new I() {}));
        t(() -> I.class.getMethod("s").invoke(null));
        t(() -> Abs.class.getMethod("f").invoke(new Abs() {
            public int f() { return 42; }
        }));
        t(() -> Object.class.getMethod("toString").invoke("str"));
        t(() -> List.class.getMethod("size").invoke(List.of(1, 2)));
        t(() -> List.class.getMethod("add", Object.class).invoke(List.of(), 1));
        t(() -> int[].class.getMethod("clone"));
        t(() -> Runnable.class.getMethod("run").invoke((Runnable) () -> { throw new Error("from lambda"); }));
        t(() -> Class.class.getDeclaredConstructors()[0].newInstance(null, null));
        t(() -> Integer.class.getMethod("parseInt", String.class).invoke(null, "77"));
        t(() -> Integer.class.getMethod("parseInt", String.class).invoke(null, "x"));
        t(() -> Object.class.getDeclaredMethod("clone").invoke(o));
        t(() -> {
            Method m = ClassLoader.class.getDeclaredMethod("findClass", String.class);
            m.setAccessible(true);
            return m;
        });
        List<String> names = new ArrayList<>();
        for (Method m : c.getDeclaredMethods())
            if (!m.isSynthetic()) names.add(m.toGenericString());
        Collections.sort(names);
        names.forEach(System.out::println);
        System.out.println(Sub.class.getMethods().length - Object.class.getMethods().length);
        names.clear();
        for (Method m : Sub.class.getDeclaredMethods())
            names.add(m.getName() + m.getReturnType().getSimpleName() + m.isBridge());
        Collections.sort(names);
        System.out.println(names);
        System.out.print(Arrays.toString(
            Arrays.stream(c.getConstructors()).mapToInt(Constructor::getParameterCount).sorted().toArray()));
        System.out.println(add + " " + add.isVarArgs() + " "
            + c.getMethod("cat", String.class, Object[].class).isVarArgs() + " "
            + c.getDeclaredConstructor(int[].class).isVarArgs() + " "
            + Arrays.toString(c.getMethod("fail").getExceptionTypes()) + " " + I.class.getMethod("d").isDefault() + " "
            + add.hashCode());
    }
}
