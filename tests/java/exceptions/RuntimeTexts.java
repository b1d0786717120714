import java.util.*;

/** Messages of the exceptions that the VM itself throws. */
public class RuntimeTexts {
    interface R {
        Object run() throws Throwable;
    }
    static void t(R r) {
        try {
            System.out.println("ok " + r.run());
        } catch (Throwable e) { System.out.println(e); }
    }
    static abstract class Abs {}
    interface Inter {}
    enum E { A }
    record Rec(int i) implements Inter {}
    public static void main(String[] args) {
        int[] a = new int[3];
        byte[] b = new byte[0];
        Object o = "s";
        Object[] objs = new Integer[1];
        Object ints = new int[2];
        Object[][] grid = new String[2][2];
        t(() -> a[3]);
        t(() -> a[-1]);
        t(() -> b[0]);
        t(() -> a[Integer.MIN_VALUE]);
        t(() -> {
            a[7] = 1;
            return 0;
        });
        t(() -> new long[1][5][0].length);
        t(() -> new double[2][0][1].length);
        t(() -> (Integer) o);
        t(() -> (int[]) o);
        t(() -> (String[]) (Object) objs);
        t(() -> (long[]) ints);
        t(() -> (Inter) o); t(() -> (Map<?, ?>) o);
        t(() -> (Comparable<?>) new Object());
        t(() -> (RuntimeTexts) o);
        t(() -> (Inter) (Object) E.A);
        t(() -> (String) (Object) new Rec(1));
        t(() -> (Object[]) ints);
        t(() -> (Integer[][]) (Object) grid);
        t(() -> ((Rec) (Object) List.of()).i());
        t(() -> (java.util.concurrent.Callable<?>) (Object) new int[0][0]);
        t(() -> objs[0] = "s");
        t(() -> grid[0] = new Integer[1]);
        t(() -> grid[1][1] = 5);
        t(() -> {
            Object[] x = new Runnable[1];
            x[0] = new Object();
            return x;
        });
        t(() -> {
            Object[] x = new int[1][];
            x[0] = new long[1];
            return x;
        });
        t(() -> 1 / (a.length - 3));
        t(() -> 1L % (a.length - 3));
        t(() -> 5 % 0);
        t(() -> Math.floorMod(1, 0));
        t(() -> new int[-1]);
        t(() -> new Object[-5]);
        t(() -> new int[1][-2]);
        t(() -> new String[Integer.MIN_VALUE][3]);
        t(() -> "abc".charAt(5));
        t(() -> "abc".substring(2, 1));
        t(() -> "abc".substring(-1));
        t(() -> new StringBuilder("x").charAt(3));
        t(() -> "\u1234x".charAt(2));
        t(() -> Integer.parseInt("12x"));
        t(() -> Integer.parseInt(""));
        t(() -> Integer.parseInt(null));
        t(() -> Long.parseLong("99999999999999999999"));
        t(() -> Double.parseDouble("1.2.3"));
        t(() -> Double.parseDouble(""));
        t(() -> List.of(1, 2).get(2));
        t(() -> new ArrayList<>(List.of(1)).get(1));
        t(() -> new LinkedList<>().getFirst());
        t(() -> List.of().iterator().next());
        t(() -> List.of(1).add(2));
        t(() -> new ArrayDeque<>().pop());
        t(() -> Arrays.asList(1, 2).remove(0));
        t(() -> {
            List<Integer> l = new ArrayList<>(List.of(1, 2, 3));
            for (Integer i : l) l.remove(i);
            return l;
        });
        t(() -> Optional.empty().get());
        t(() -> Class.forName("no.Such"));
        t(() -> Class.forName("[Lno.Such;"));
        t(() -> Class.forName("int"));
        t(() -> new Scanner("x").nextInt());
        t(() -> {
            System.arraycopy(a, 0, new int[1], 0, 3);
            return 0;
        });
        t(() -> {
            System.arraycopy(a, 2, new int[9], 0, 3);
            return 0;
        });
        t(() -> {
            System.arraycopy(a, -1, a, 0, 1);
            return 0;
        });
        t(() -> {
            System.arraycopy(a, 0, a, 0, -1);
            return 0;
        });
        t(() -> {
            System.arraycopy(a, 0, a, -3, 1);
            return 0;
        });
        t(() -> {
            System.arraycopy(a, 0, new long[3], 0, 1);
            return 0;
        });
        t(() -> {
            System.arraycopy("x", 0, a, 0, 1);
            return 0;
        });
        t(() -> {
            System.arraycopy(a, 0, "x", 0, 1);
            return 0;
        });
        t(() -> {
            System.arraycopy(a, 0, new Object[3], 0, 1);
            return 0;
        });
        t(() -> {
            System.arraycopy(objs, 0, a, 0, 1);
            return 0;
        });
        t(() -> {
            System.arraycopy(null, 0, a, 0, 1);
            return 0;
        });
        t(() -> {
            Object[] src = {1, 2, "x", 4};
            Integer[] dst = new Integer[4];
            try {
                System.arraycopy(src, 0, dst, 0, 4);
            } finally { System.out.println(Arrays.toString(dst)); }
            return 0;
        });
        t(() -> {
            Object[] src = new Object[30];
            Arrays.fill(src, "s");
            System.arraycopy(src, 25, new String[10], 0, 9);
            return 0;
        });
        t(() -> new RuntimeTexts().clone2());
        t(() -> Abs.class.getDeclaredConstructor().newInstance());
        t(() -> E.valueOf("B"));
        t(() -> String.format("%d", "x"));
        t(() -> String.format("%q", 1));
        t(() -> String.format("%s %s", 1));
        t(() -> {
            new Object().wait();
            return 0;
        });
        t(() -> {
            new Object().notify();
            return 0;
        });
        t(() -> {
            new Object().notifyAll();
            return 0;
        });
        t(() -> {
            synchronized (o) { o.wait(-1); }
            return 0;
        });
        t(() -> Character.toChars(0x110000));
        t(() -> new int[0].getClass().getField("length"));
        t(() -> Object.class.getMethod("nope", int.class, String[].class));
        t(() -> java.lang.reflect.Array.newInstance(void.class, 1));
        t(() -> java.lang.reflect.Array.get(a, 5));
        t(() -> java.lang.reflect.Array.getLength("x"));
        t(() -> {
            assert false;
            return "assertions off";
        });
        t(() -> { throw null; });
        t(() -> java.nio.ByteBuffer.allocate(-1));
        t(() -> java.nio.ByteBuffer.allocate(2).getInt());
        t(() -> java.nio.ByteBuffer.allocate(2).get(5));
        t(() -> Thread.currentThread().getThreadGroup().getParent().getName());
        t(() -> {
            Thread.sleep(-1);
            return 0;
        });
    }
    Object clone2() throws CloneNotSupportedException { return super.clone(); }
}
