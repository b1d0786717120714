import java.util.*;

/** Records: canonical, compact and extra constructors, generated methods of every component type. */
public class Records {
    record Point(int x, int y) {
        static final Point ORIGIN = new Point(0, 0);
        Point {
            if (x < -1000) throw new IllegalArgumentException("x=" + x);
        }
        Point(int both) { this(both, both); }
        double length() { return Math.sqrt((double) x * x + (double) y * y); }
        Point plus(Point o) { return new Point(x + o.x, y + o.y); }
    }

    record All(byte b, short s, int i, long l, float f, double d, boolean z, char c, String str, int[] arr, Object o) {}

    record Pair<A, B>(A first, B second) {
        static <T> Pair<T, T> twice(T t) { return new Pair<>(t, t); }
    }

    record Empty() {}

    record Named(String name) implements Comparable<Named> {
        public Named { name = name.trim(); }
        @Override
        public String name() {
            return "<" + name + ">";
        }
        @Override
        public int compareTo(Named o) {
            return name.compareTo(o.name);
        }
    }

    record Node(int value, Node next) {}

    public static void main(String[] args) {
        Point p = new Point(3, 4);
        System.out.println(p + " " + p.length() + " " + p.equals(new Point(3, 4)) + " " + p.equals(new Point(4, 3))
            + " " + p.hashCode());
        System.out.println(new Point(7) + " " + Point.ORIGIN.plus(p) + " " + p.equals(null) + " " + p.equals("x"));
        try {
            new Point(-2000, 0);
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        int[] arr = {1};
        All a = new All((byte) 1, (short) 2, 3, 4L, 5f, 6d, true, 'c', "s", arr, null);
        All b = new All((byte) 1, (short) 2, 3, 4L, 5f, 6d, true, 'c', "s", arr, null);
        System.out.println(a.equals(b) + " " + (a.hashCode() == b.hashCode()));
        System.out.println(a.toString().replaceAll("@[0-9a-f]+", "@"));
        System.out.println(new All((byte) 1, (short) 2, 3, 4L, 5f, 6d, true, 'c', "s", new int[] {1}, null).equals(a));
        System.out.println(
            new Pair<>("a", 1) + " " + Pair.twice(null) + " " + new Pair<>(List.of(1), Map.of()).hashCode());
        System.out.println(new Empty() + " " + new Empty().equals(new Empty()) + " " + new Empty().hashCode());
        Named n = new Named("  bob ");
        System.out.println(n + " " + n.name() + " " + n.compareTo(new Named("al")) + " " + n.equals(new Named("bob")));
        record Float2(float f, double d) {}
        System.out.println(new Float2(0f, 0d).equals(new Float2(-0f, 0d)) + " "
            + new Float2(Float.NaN, Double.NaN).equals(new Float2(Float.NaN, Double.NaN)));
        System.out.println(new Float2(1.5f, -0.0) + " " + new Float2(1.5f, 2.5).hashCode());
        Node list = null;
        for (int i = 0; i < 5; i++) list = new Node(i, list);
        System.out.println(list);
        Set<Point> set = new HashSet<>();
        for (int i = 0; i < 100; i++) set.add(new Point(i % 7, i % 3));
        System.out.println(set.size() + " " + set.contains(new Point(6, 2)));
        System.out.println(Point.class.isRecord() + " " + Arrays.toString(Point.class.getRecordComponents()));
    }
}
