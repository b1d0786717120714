import java.util.function.IntSupplier;

/**
 * Objects that compiled code has not allocated when it is invalidated in a call, or when a loop it has entered in the
 * middle is left: they are there afterwards, with their fields, their locks and their identity.
 */
public class ObjectsInvalidated {
    static class Shape {
        int grow(int by, boolean load) {
            if (load) {
                return later(by);
            }
            return by + 1;
        }
    }

    static class Point {
        int x;
        long y;
        Object other;

        Point(int x, long y) {
            this.x = x;
            this.y = y;
        }
    }

    static Shape shape = new Shape();
    static Object seen;

    /** The first class that overrides: code that knew of none is no longer right. */
    static int later(int by) {
        class Round extends Shape {
            @Override
            int grow(int by, boolean load) {
                return by + 100;
            }
        }
        shape = new Round();
        return by + shape.grow(by, false);
    }

    static class Box {
        int open(boolean load) {
            return load ? laterBox() : 1;
        }
    }

    static Box box = new Box();

    static int laterBox() {
        class Locked extends Box {
            @Override
            int open(boolean load) {
                return 50;
            }
        }
        box = new Locked();
        return 3;
    }

    /** A call with two objects across it, one in the other. */
    static String across(int i, boolean load) {
        Point inner = new Point(i, 2L * i);
        Point outer = new Point(i + 1, 3L * i);
        outer.other = inner;
        inner.x += 5;
        int grown = shape.grow(i, load);
        outer.y += grown;
        if (load) {
            seen = outer;
            return inner.x + " " + inner.y + " " + outer.x + " " + outer.y + " " + (outer.other == inner) + " "
                + (((Point) outer.other).x == inner.x) + " " + (inner.hashCode() == outer.other.hashCode());
        }
        return inner.x + outer.y > 0 ? null : "";
    }

    /** The same with locks held, one of them twice. */
    static String locked(int i, boolean load) {
        Object first = new Object();
        Point second = new Point(i, i);
        String told = null;
        synchronized (first) {
            synchronized (second) {
                synchronized (first) {
                    int opened = box.open(load);
                    second.x += opened;
                    if (load) {
                        told = Thread.holdsLock(first) + " " + Thread.holdsLock(second) + " " + second.x;
                        first.notifyAll();
                        seen = first;
                    }
                }
            }
        }
        if (load) {
            told += " " + Thread.holdsLock(first) + " " + Thread.holdsLock(second);
            told += " " + takenByOther(first);
        }
        return told;
    }

    static boolean takenByOther(Object lock) {
        boolean[] taken = new boolean[1];
        Thread other = new Thread(() -> {
            synchronized (lock) {
                taken[0] = true;
            }
        });
        other.start();
        try {
            other.join(10_000);
        } catch (InterruptedException e) {
            return false;
        }
        return taken[0];
    }

    /** Entered in its loop, left in the middle of it, again and again. */
    static String loop(int rounds) {
        long sum = 0;
        Point last = null;
        StringBuilder told = new StringBuilder();
        for (int i = 0; i < rounds; i++) {
            Point point = new Point(i, i * 7L);
            synchronized (point) {
                point.x ^= 3;
                if (i % 29_989 == 29_988) {
                    // Seldom: objects are needed here.
                    point.other = last;
                    last = point;
                    told.append(Thread.holdsLock(point) ? 'h' : '-');
                }
                sum += point.x + point.y;
            }
        }
        int depth = 0;
        for (Point p = last; p != null; p = (Point) p.other) {
            sum += p.x;
            depth++;
        }
        return sum + " " + depth + " " + told;
    }

    /** What is thrown while an object is not there, and caught further out, where it is read. */
    static String caught(int i, int[] numbers, boolean bad) {
        Point point = new Point(i, 0);
        try {
            point.y = 1;
            point.y += numbers[bad ? 99 : i & 7];
            point.y += 10;
        } catch (ArrayIndexOutOfBoundsException e) {
            return point.x + " " + point.y + " " + e.getMessage();
        }
        return point.y > 0 ? null : "none";
    }

    public static void main(String[] args) {
        int[] numbers = {1, 2, 3, 4, 5, 6, 7, 8};
        for (int i = 1; i < 30_000; i++) {
            if (across(i, false) != null || locked(i, false) != null || caught(i, numbers, false) != null) {
                System.out.println("wrong " + i);
            }
        }
        System.out.println(across(77, true));
        System.out.println(((Point) ((Point) seen).other).x);
        System.out.println(locked(5, true));
        synchronized (seen) {
            System.out.println(Thread.holdsLock(seen));
        }
        System.out.println(caught(9, numbers, true));
        System.out.println(across(78, true) + " " + locked(6, true));
        System.out.println(loop(300_000));
        IntSupplier again = () -> loop(100_000).hashCode();
        System.out.println(again.getAsInt() + " " + again.getAsInt());
    }
}
