import java.util.*;

/** Overload resolution between fixed, boxed and variable arity. */
public class Varargs {
    static String f(int a) { return "int"; }
    static String f(long a) { return "long"; }
    static String f(Integer a) { return "Integer"; }
    static String f(Object a) { return "Object"; }
    static String f(int... a) { return "int..." + a.length; }
    static String g(Object... os) { return os == null ? "null" : "Object..." + os.length; }
    static String h(String s, Object... os) { return s + os.length; }
    static String k(double d) { return "double"; }
    static String k(Object o) { return "Object"; }
    static String n(char c) { return "char"; }
    static String n(int i) { return "int"; }
    static String v(Object o) { return "Object"; }
    static String v(String s) { return "String"; }
    static int sum(int... xs) {
        int s = 0;
        for (int x : xs) s += x;
        return s;
    }
    static String m(int a, long... b) { return a + Arrays.toString(b); }
    static String w(byte... b) { return "bytes"; }
    static String w(double... b) { return "doubles"; }

    public static void main(String[] args) {
        byte b = 1;
        short s = 2;
        char c = 'c';
        long l = 3;
        System.out.println(f(b) + " " + f(s) + " " + f(c) + " " + f(1) + " " + f(l) + " " + f(1f) + " " + f((Integer) 1)
            + " " + f() + " " + f(1, 2) + " " + f("x"));
        System.out.println(g() + " " + g(1) + " " + g(1, "a") + " " + g((Object[]) null) + " " + g((Object) null) + " "
            + g(new String[] {"a", "b", "c"}) + " " + g(new int[] {1, 2}) + " " + g((Object) new String[2]));
        System.out.println(h("h") + " " + h("h", 1, 2) + " " + h("h", (Object) null));
        System.out.println(k(1) + " " + k('c') + " " + k(1L) + " " + k(Integer.valueOf(1)));
        System.out.println(n('a') + " " + n('a' + 1) + " " + n((char) 98) + " " + v(null) + " " + v((Object) "s"));
        System.out.println(sum() + " " + sum(1) + " " + sum(1, 2, 3) + " " + sum(new int[] {4, 5}));
        System.out.println(m(1) + " " + m(1, 2, 3L));
        System.out.println(w((byte) 1) + " " + w(1.0, 2));
        System.out.println(String.format("%s %s %s", 1, 'c', null) + Arrays.asList(1, 2).size()
            + Arrays.asList(new int[] {1, 2}).size());
        System.out.println(List.of(new Integer[] {1, 2, 3}).size());
    }
}
