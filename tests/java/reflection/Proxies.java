import java.lang.reflect.*;
import java.util.*;

/** Dynamic proxies: every parameter type, Object methods, checked and undeclared exceptions, default methods. */
public class Proxies {
    interface Calc {
        int add(int a, int b);
        long wide(long a, double d, float f, byte b, short s, char c, boolean z);
        String text(String s, int[] a, Object... o);
        void nothing();
        boolean bool();
        char ch();
        byte by();
        float fl();
        double db();
        short sh();
        void io() throws java.io.IOException;
        default String hello(String n) { return "hello " + n + add(1, 2); }
    }
    interface Other {
        int add(int a, int b);
        String other();
    }
    public interface Pub {
        int size();
    }
    public static void main(String[] args) throws Throwable {
        List<String> log = new ArrayList<>();
        InvocationHandler h = (p, m, a) -> {
            log.add(m.getDeclaringClass().getSimpleName() + "." + m.getName()
                + (a == null ? "()" : Arrays.deepToString(a)));
            switch (m.getName()) {
                case "add": return (int) a[0] + (int) a[1];
                case "wide": return (long) a[0] + (long) (double) a[1];
                case "text": return a[0] + "!" + ((int[]) a[1]).length + ((Object[]) a[2]).length;
                case "bool": return true;
                case "ch": return 'x';
                case "by": return (byte) 5;
                case "fl": return 1.5f;
                case "db": return 2.5;
                case "sh": return (short) 6;
                case "io": throw new java.io.IOException("declared");
                case "toString": return "proxy!";
                case "hashCode": return 77;
                case "equals": return p == a[0];
                case "other": return 5;
                case "hello": return InvocationHandler.invokeDefault(p, m, a);
                default: return null;
            }
        };
        Object p = Proxy.newProxyInstance(Proxies.class.getClassLoader(), new Class<?>[] {Calc.class, Other.class}, h);
        Calc c = (Calc) p;
        System.out.println(c.add(3, 4) + " " + c.wide(1L << 40, 2.5, 1f, (byte) 1, (short) 2, 'c', true) + " "
            + c.text("t", new int[3], 1, "x") + " " + c.bool() + c.ch() + c.by() + c.fl() + c.db() + c.sh() + " " + c
            + " " + c.hashCode() + " " + c.equals(c) + c.equals("x") + " " + ((Other) p).add(5, 6));
        c.nothing();
        try {
            c.io();
        } catch (java.io.IOException e) { System.out.println(e.getMessage()); }
        try {
            ((Other) p).other();
        } catch (ClassCastException e) { System.out.println("CCE"); }
        System.out.println(c.hello("bob"));
        System.out.println(log);
        Class<?> k = p.getClass();
        System.out.println(Proxy.isProxyClass(k) + " " + (Proxy.getInvocationHandler(p) == h) + " "
            + k.getInterfaces().length + " " + Modifier.toString(k.getModifiers()) + " "
            + (k
                == Proxy.newProxyInstance(Proxies.class.getClassLoader(), new Class<?>[] {Calc.class, Other.class}, h)
                    .getClass())
            + " " + k.getSuperclass() + " " + (k.getConstructor(InvocationHandler.class) != null));
        Calc bad =
            (Calc) Proxy.newProxyInstance(Proxies.class.getClassLoader(), new Class<?>[] {Calc.class}, (q, m, a) -> {
                if (m.getName().equals("add")) return null;
                if (m.getName().equals("nothing")) throw new Exception("checked");
                if (m.getName().equals("bool")) return "str";
                throw new Error("err");
            });
        try {
            bad.add(1, 2);
        } catch (NullPointerException e) { System.out.println("NPE"); }
        try {
            bad.nothing();
        } catch (UndeclaredThrowableException e) {
            System.out.println("UTE " + e.getUndeclaredThrowable().getMessage());
        }
        try {
            bad.bool();
        } catch (ClassCastException e) { System.out.println("CCE"); }
        try {
            bad.ch();
        } catch (Error e) { System.out.println(e.getMessage()); }
        try {
            bad.toString();
        } catch (Error e) { System.out.println(e.getMessage()); }
        for (Class<?>[] bads : new Class<?>[][] {{String.class}, {Calc.class, Calc.class}, {int.class}}) try {
                Proxy.newProxyInstance(Proxies.class.getClassLoader(), bads, h);
            } catch (IllegalArgumentException e) {
                System.out.println(e.getMessage().replaceAll("loader .*@[0-9a-f]+", "loader"));
            }
        try {
            Proxy.newProxyInstance(null, new Class<?>[] {Calc.class}, h);
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        try {
            Proxy.getInvocationHandler("x");
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        Comparator<String> cmp = (Comparator<String>) Proxy.newProxyInstance(Proxies.class.getClassLoader(),
            new Class<?>[] {Comparator.class}, (q, m, a) -> ((String) a[1]).compareTo((String) a[0]));
        List<String> l = new ArrayList<>(List.of("a", "c", "b"));
        l.sort(cmp);
        System.out.println(l);
        Pub pub = (Pub) Proxy.newProxyInstance(
            Proxies.class.getClassLoader(), new Class<?>[] {Pub.class, Runnable.class}, (q, m, a) -> 3);
        int s = 0;
        for (int i = 0; i < 500; i++) s += pub.size();
        System.out.println(s);
    }
}
