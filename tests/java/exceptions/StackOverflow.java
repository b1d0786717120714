// slow
import java.util.*;

/** StackOverflowError is thrown, caught, and the program lives on, many times and from many kinds of frames. */
public class StackOverflow {
    static int depth;
    static void plain() {
        depth++;
        plain();
    }
    static long wide(long a, double b, long c, double d) {
        depth++;
        return wide(a + 1, b + 1, c, d) + 1;
    }
    static synchronized void locked() {
        depth++;
        locked();
    }
    static void withFinally() {
        depth++;
        try {
            withFinally();
        } finally { depth--; }
    }
    interface F {
        int f(int x);
    }
    static F self;
    static int viaLambda(int x) { return self.f(x + 1); }
    Object link;
    @Override
    public String toString() {
        return "S" + link;
    }
    @Override
    public int hashCode() {
        return link.hashCode() + 1;
    }
    static class Ctor {
        Ctor inner;
        Ctor() { inner = new Ctor(); }
    }
    static int viaReflection() throws Exception {
        return (Integer) StackOverflow.class.getDeclaredMethod("viaReflection").invoke(null);
    }
    static boolean overflow(Runnable r) {
        try {
            r.run();
            return false;
        } catch (StackOverflowError e) { return e.getMessage() == null && e.getStackTrace().length > 100; }
    }
    public static void main(String[] args) throws Exception {
        for (int i = 0; i < 5; i++) {
            depth = 0;
            System.out.print(overflow(StackOverflow::plain) + " " + (depth > 500) + " ");
        }
        System.out.println();
        depth = 0;
        System.out.println(overflow(() -> wide(1, 2, 3, 4)) + " " + (depth > 300));
        System.out.println(overflow(StackOverflow::locked) + " " + Thread.holdsLock(StackOverflow.class));
        depth = 0;
        System.out.println(overflow(StackOverflow::withFinally) + " " + depth);
        self = StackOverflow::viaLambda;
        System.out.println(overflow(() -> viaLambda(0)));
        StackOverflow s = new StackOverflow();
        s.link = s;
        System.out.println(
            overflow(() -> s.toString()) + " " + overflow(() -> s.hashCode()) + " " + overflow(Ctor::new));
        List<Object> list = new ArrayList<>();
        list.add(list);
        System.out.println(overflow(list::hashCode));
        try {
            viaReflection();
            System.out.println("none");
        } catch (StackOverflowError | java.lang.reflect.InvocationTargetException e) {
            System.out.println("overflowed");
        }
        Thread t =
            new Thread(null, () -> System.out.println("thread " + overflow(StackOverflow::plain)), "t", 256 * 1024);
        t.start();
        t.join();
        int total = 0;
        for (int i = 0; i < 20; i++) {
            try {
                total += deep(1000);
            } catch (StackOverflowError e) { System.out.println("too small a stack"); }
        }
        System.out.println(total);
        StackOverflowError e = null;
        try {
            plain();
        } catch (StackOverflowError x) { e = x; }
        System.out.println(e.getStackTrace()[5].getMethodName() + " " + e.getStackTrace().length);
    }
    static int deep(int n) { return n == 0 ? 0 : 1 + deep(n - 1); }
}
