import java.util.*;

/** Object.clone, equals, hashCode, toString, getClass defaults; finalizable clones; wait/notify on arrays. */
public class CloneAndObject implements Cloneable {
    int x = 5;
    int[] arr = {1, 2};
    transient String s = "s";
    Object self = this;
    long l = -1;
    double d = 0.1;
    byte b = 3;
    boolean z = true;
    @Override
    public CloneAndObject clone() {
        try {
            return (CloneAndObject) super.clone();
        } catch (CloneNotSupportedException e) { throw new AssertionError(e); }
    }
    static class Sub extends CloneAndObject {
        char extra = 'e';
        short sh = 9;
    }
    static class Not {
        Object c() throws CloneNotSupportedException { return super.clone(); }
    }
    static class Pt {
        final int a;
        Pt(int a) { this.a = a; }
        @Override
        public boolean equals(Object o) {
            return o instanceof Pt p && p.a == a;
        }
        @Override
        public int hashCode() {
            return a * 17;
        }
    }
    public static void main(String[] args) throws Exception {
        Sub s = new Sub();
        s.x = 7;
        s.extra = 'q';
        Sub c = (Sub) s.clone();
        System.out.println((c != s) + " " + c.getClass().getSimpleName() + " " + c.x + c.extra + c.sh + c.l + c.d + c.b
            + c.z + c.s + " " + (c.arr == s.arr) + " " + (c.self == s) + " " + (c.hashCode() != s.hashCode()));
        try {
            new Not().c();
        } catch (CloneNotSupportedException e) { System.out.println(e.getMessage()); }
        Object o = new Object();
        System.out.println(o.equals(o) + " " + o.equals(new Object()) + " "
            + o.toString().equals("java.lang.Object@" + Integer.toHexString(o.hashCode())) + " " + o.getClass() + " "
            + new int[0].getClass() + " " + new int[0].toString().startsWith("[I@") + " " + new Pt(3).equals(new Pt(3))
            + new HashSet<>(List.of(new Pt(1), new Pt(2))).contains(new Pt(2)) + " "
            + new Pt(2).toString().equals("CloneAndObject$Pt@22"));
        int[] a = {1};
        synchronized (a) {
            a.wait(1);
            a.notifyAll();
        }
        Object[] objs = {new int[] {1}, "x"};
        Object[] oc = objs.clone();
        System.out.println((oc[0] == objs[0]) + " " + oc.getClass().getSimpleName() + " "
            + new boolean[] {true}.clone()[0] + new String[] {"k"}.clone()[0]
            + ((Object) new long[] {4}).getClass().getSimpleName());
        for (int i = 0; i < 2000; i++) {
            Sub t = (Sub) s.clone();
            if (t.x != 7 || t.extra != 'q') System.out.println("bad");
        }
        ArrayList<Integer> l = new ArrayList<>(List.of(1, 2));
        @SuppressWarnings("unchecked") ArrayList<Integer> lc = (ArrayList<Integer>) l.clone();
        lc.add(3); System.out.println(l + "" + lc + ((HashMap<?, ?>) new HashMap<>(Map.of(1, 2)).clone()) + new Date(5).clone().equals(new Date(5)) + Arrays.toString(((int[][]) new int[][] {{9}}.clone())[0]));
    }
}
