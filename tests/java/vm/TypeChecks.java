import java.io.*;
import java.util.*;

/** instanceof and checkcast over class, interface and array hierarchies, deep and wide. */
public class TypeChecks {
    interface I1 {}
    interface I2 extends I1 {}
    interface I3 {}
    static class A implements I2 {}
    static class B extends A implements I3 {}
    static final class C extends B {}
    static class D0 {}
    static class D1 extends D0 {}
    static class D2 extends D1 {}
    static class D3 extends D2 {}
    static class D4 extends D3 {}
    static class D5 extends D4 {}
    static class D6 extends D5 {}
    static class D7 extends D6 {}
    static class D8 extends D7 {}
    static class D9 extends D8 implements I3 {}
    static String bits(Object o) {
        StringBuilder s = new StringBuilder();
        boolean[] b = {o instanceof I1, o instanceof I2, o instanceof I3, o instanceof A, o instanceof B,
            o instanceof C, o instanceof D0, o instanceof D7, o instanceof D8, o instanceof D9, o instanceof Object[],
            o instanceof int[], o instanceof I1[], o instanceof A[], o instanceof B[][], o instanceof Object[][],
            o instanceof Serializable, o instanceof Cloneable, o instanceof Cloneable[], o instanceof Serializable[][],
            o instanceof Number, o instanceof Comparable, o instanceof CharSequence};
        for (boolean x : b) s.append(x ? 1 : 0);
        return s.toString();
    }
    static int casts(Object o) {
        int n = 0;
        try {
            I1 x = (I1) o;
            n |= 1;
        } catch (ClassCastException e) {}
        try {
            I3 x = (I3) o;
            n |= 2;
        } catch (ClassCastException e) {}
        try {
            A x = (A) o;
            n |= 4;
        } catch (ClassCastException e) {}
        try {
            D8 x = (D8) o;
            n |= 8;
        } catch (ClassCastException e) {}
        try {
            Object[] x = (Object[]) o;
            n |= 16;
        } catch (ClassCastException e) {}
        try {
            int[] x = (int[]) o;
            n |= 32;
        } catch (ClassCastException e) {}
        try {
            I1[] x = (I1[]) o;
            n |= 64;
        } catch (ClassCastException e) {}
        try {
            Cloneable x = (Cloneable) o;
            n |= 128;
        } catch (ClassCastException e) {}
        try {
            Object[][] x = (Object[][]) o;
            n |= 256;
        } catch (ClassCastException e) {}
        return n;
    }
    public static void main(String[] args) {
        Object[] os = {null, new Object(), new A(), new B(), new C(), new D0(), new D7(), new D9(), new int[0],
            new int[0][], new A[0], new B[0], new B[0][0], new C[0][], new Object[0], new Object[0][], new String[0],
            new Integer[0], new I2[0], new I3[0][], "s", 5, 5L, 'c', new StringBuilder(), new long[0][0][0],
            new Runnable[0], new ArrayList<>(), Thread.State.NEW, new Serializable[0], new Cloneable[0][],
            (Runnable & Serializable) () -> {}};
        for (Object o : os) System.out.println(bits(o) + " " + casts(o));
        Object[] store = new A[3];
        int ok = 0;
        for (Object o : os) try {
                store[0] = o;
                ok++;
            } catch (ArrayStoreException e) {}
        Object[] ist = new I3[1];
        for (Object o : os) try {
                ist[0] = o;
                ok += 100;
            } catch (ArrayStoreException e) {}
        Object[] ast = new Object[1][];
        for (Object o : os) try {
                ast[0] = o;
                ok += 10000;
            } catch (ArrayStoreException e) {}
        System.out.println(ok);
        int h = 0;
        for (int i = 0; i < 20000; i++) {
            Object o = os[i % os.length];
            if (o instanceof I3) h += i;
            if (o instanceof Comparable<?> c && !(o instanceof Number)) h ^= i;
        }
        System.out.println(h);
    }
}
