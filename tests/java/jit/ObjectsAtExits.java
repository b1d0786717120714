// jvm: -XX:CompileThreshold=500
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Objects that need not be allocated until the code is left: every kind of field, each other's, in all frames. */
public class ObjectsAtExits {
    static class Point {
        boolean z;
        byte b;
        char c;
        short s;
        int i;
        long j;
        float f;
        double d;
        Object o;
        Point other;

        Point(int i) {
            this.i = i;
        }

        void fill(int n) {
            z = (n & 1) == 0;
            b = (byte) (n * 3);
            c = (char) (n * 70001);
            s = (short) (n * 40001);
            i = n;
            j = n * 10000000000L;
            f = n / 3f;
            d = n / 7.0;
            o = "text";
        }

        String text() {
            return z + " " + b + " " + (int) c + " " + s + " " + i + " " + j + " " + f + " " + d + " " + o;
        }
    }

    static class Counter {
        int count;

        int next() {
            return ++count;
        }
    }

    interface Shape {
        int area();
    }

    static class Square implements Shape {
        final int side;

        Square(int side) {
            this.side = side;
        }

        public int area() {
            return side * side;
        }
    }

    static class Rectangle extends Square {
        Rectangle(int side) {
            super(side);
        }

        public int area() {
            return side * (side + 1);
        }
    }

    static Object published;
    static final int[] NUMBERS = {1, 2, 3, 4};

    static String bounds(int n, int at) {
        Point point = new Point(n);
        point.fill(n);
        int value = NUMBERS[at];
        point.i += value;
        return at > 2 ? point.text() : null;
    }

    static int caught(int n, int at) {
        Point point = new Point(n);
        try {
            point.fill(n);
            point.i = 5;
            point.j = NUMBERS[at];
            point.i = 6;
        } catch (ArrayIndexOutOfBoundsException e) {
            return point.i * 1000 + point.b;
        }
        return point.i;
    }

    static int nulls(int n, String text) {
        Point a = new Point(n);
        Point b = new Point(n + 1);
        a.other = b;
        b.o = text;
        try {
            a.i += text.length();
            b.i += a.i;
        } catch (NullPointerException e) {
            b.other = a;
            published = a;
            return a.other.other.i * 100 + a.other.i;
        }
        return a.other.i;
    }

    static int divide(int n, int by) {
        Counter counter = new Counter();
        counter.next();
        try {
            counter.count += n / by;
        } catch (ArithmeticException e) {
            return -counter.next();
        }
        return counter.next();
    }

    static int inlined(int n, Object shape) {
        Point point = new Point(n);
        int area = inner(point, shape);
        return area + point.i;
    }

    static int inner(Point point, Object shape) {
        Counter counter = new Counter();
        point.i++;
        counter.next();
        int area = ((Square) shape).area();
        point.i += counter.next();
        return area;
    }

    static long loops(int n, Object[] objects) {
        long sum = 0;
        Counter outer = new Counter();
        for (int i = 0; i < objects.length; i++) {
            Point point = new Point(i);
            for (int k = 0; k < 3; k++) {
                point.j += k * i;
                point.i ^= k;
                outer.count += point.i;
            }
            if (objects[i] instanceof String) {
                published = point;
                sum += point.text().length();
            }
            sum += point.j + outer.next();
        }
        return sum + outer.count;
    }

    static int merged(int n, boolean odd) {
        Counter counter = new Counter();
        Point point = new Point(1);
        if (odd) {
            counter.count = n;
            point.other = new Point(2);
        } else {
            point.b = (byte) n;
            point.i = 17;
        }
        if (n == 9999) {
            published = point;
        }
        return counter.next() + point.b + point.i + (point.other == null ? 0 : point.other.i);
    }

    static int types(int n) {
        Square square = new Rectangle(n);
        Object other = new Object();
        int value = square instanceof Rectangle ? 1 : 2;
        value += square.getClass() == Rectangle.class ? 10 : 20;
        value += other == square ? 100 : 200;
        value += other.equals(square) ? 1000 : 2000;
        Shape shape = (Shape) square;
        return value + shape.area();
    }

    static long atomics(int n) {
        AtomicInteger number = new AtomicInteger(n);
        AtomicLong large = new AtomicLong();
        AtomicReference<Object> reference = new AtomicReference<>();
        int value = number.incrementAndGet() + number.getAndAdd(5);
        boolean set = number.compareAndSet(n + 6, 3);
        boolean not = number.compareAndSet(n, 4);
        large.addAndGet(number.get());
        large.set(large.get() * 2);
        Object old = reference.getAndSet("a");
        boolean put = reference.compareAndSet("a", n == 7777 ? NUMBERS : "b");
        if (n == 7777) {
            published = reference;
        }
        return value + number.get() + large.get() + (set ? 1 : 0) + (not ? 2 : 0) + (put ? 4 : 0) + (old == null ? 8 : 0);
    }

    static boolean identity(int n, int at) {
        Object object = new Object();
        Object[] kept = null;
        if (at >= NUMBERS.length) {
            kept = new Object[] {object, object};
        }
        int value = NUMBERS[at & 3];
        return kept == null ? value > 0 : kept[0] == kept[1] && kept[0].hashCode() == object.hashCode();
    }

    public static void main(String[] args) {
        Object[] objects = new Object[40];
        long sum = 0;
        for (int n = 0; n < 6000; n++) {
            sum += bounds(n, n & 1) == null ? 0 : 1;
            sum += caught(n, n & 3);
            sum += nulls(n, "text");
            sum += divide(n, 3);
            sum += inlined(n, new Square(n & 7));
            sum += n % 10 == 0 ? loops(n, objects) : 0;
            sum += merged(n, (n & 1) != 0);
            sum += types(n & 15);
            sum += atomics(n);
            sum += identity(n, n & 3) ? 1 : 0;
        }
        System.out.println(sum);
        System.out.println(bounds(77, 3));
        try {
            System.out.println(bounds(78, 4));
        } catch (ArrayIndexOutOfBoundsException e) {
            System.out.println(e.getMessage());
        }
        System.out.println(caught(40, -1));
        System.out.println(nulls(40, null));
        Point a = (Point) published;
        System.out.println(a.i + " " + a.other.i + " " + (a.other.other == a) + " " + a.other.o);
        System.out.println(divide(5, 0));
        System.out.println(inlined(5, new Rectangle(3)));
        try {
            System.out.println(inlined(5, "no square"));
        } catch (ClassCastException e) {
            System.out.println("no square");
        }
        objects[7] = "x";
        System.out.println(loops(5, objects) + " " + ((Point) published).text());
        System.out.println(merged(9999, true) + " " + ((Point) published).other.i);
        System.out.println(merged(9999, false) + " " + ((Point) published).text());
        System.out.println(atomics(7777) + " " + (((AtomicReference<?>) published).get() == NUMBERS));
        System.out.println(identity(1, 4) + " " + types(3));
    }
}
