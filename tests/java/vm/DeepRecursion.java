import java.util.*;

/** Deep but bounded recursion through many kinds of frames; exceptions unwound through all of them. */
public class DeepRecursion {
    static int plain(int n) { return n == 0 ? 0 : 1 + plain(n - 1); }
    static long wide(int n, long a, double b, float c, Object d) {
        return n == 0 ? a + (long) b : wide(n - 1, a + 1, b + 0.5, c, d) + 1;
    }
    static int lam(int n) {
        java.util.function.IntSupplier s = () -> lam(n - 1) + 1;
        return n == 0 ? 0 : s.getAsInt();
    }
    static int ack(int m, int n) { return m == 0 ? n + 1 : n == 0 ? ack(m - 1, 1) : ack(m - 1, ack(m, n - 1)); }
    static synchronized int sync(int n) { return n == 0 ? 0 : 1 + sync(n - 1); }
    static int fin(int n, int[] c) {
        try {
            if (n == 0) throw new IllegalStateException("bottom");
            return fin(n - 1, c);
        } finally { c[0]++; }
    }
    static boolean even(int n) { return n == 0 || odd(n - 1); }
    static boolean odd(int n) { return n != 0 && even(n - 1); }
    interface V {
        int visit(V next, int n);
    }
    static int refl(Integer n) throws Exception {
        return n == 0 ? 0 : 1 + (int) DeepRecursion.class.getDeclaredMethod("refl", Integer.class).invoke(null, n - 1);
    }
    static int hanoi(int n, int a, int b, int c) {
        return n == 0 ? 0 : hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a);
    }
    public static void main(String[] args) throws Exception {
        System.out.println(plain(3000) + " " + wide(2000, 1, 2, 3, "d") + " " + lam(800) + " " + ack(2, 60) + " "
            + sync(1500) + " " + even(1999) + " " + hanoi(12, 1, 2, 3) + " " + refl(150));
        int[] c = {0};
        try {
            fin(1500, c);
        } catch (IllegalStateException e) {
            System.out.println(e.getMessage() + " " + c[0] + " " + e.getStackTrace().length);
        }
        V v = (n, k) -> k == 0 ? 0 : n.visit(n, k - 1) + 1;
        System.out.println(v.visit(v, 800));
        List<Object> nest = new ArrayList<>();
        List<Object> cur = nest;
        for (int i = 0; i < 300; i++) {
            List<Object> in = new ArrayList<>();
            cur.add(in);
            cur = in;
        }
        System.out.println(nest.toString().length() + " " + nest.hashCode() + " " + nest.equals(new ArrayList<>(nest)));
        Thread t = new Thread(null, () -> System.out.println(plain(50000)), "big stack", 64L << 20);
        t.start();
        t.join();
    }
}
