import java.util.ArrayList;
import java.util.List;

/**
 * Exceptions through many compiled frames: with handlers that look at what lived over the call, locks that must be free
 * afterwards, inlined frames, loops, collections in between, and the end of the stack.
 */
public class UnwoundFrames {
    static class Quiet extends RuntimeException {
        final int depth;

        Quiet(int depth) {
            super(null, null, false, false);
            this.depth = depth;
        }
    }

    static class Other extends Exception {}

    interface Step {
        int run(int n);
    }

    static int finals;
    static int held;
    static Object kept;
    static final Object LOCK = new Object();

    /** Nothing here but frames. */
    static int plain(int n) {
        if (n == 0) {
            throw new Quiet(finals);
        }
        return plain(n - 1) + n;
    }

    /** What lives over the call: numbers of all kinds and references, which the handler reads. */
    static long many(int n, int a, long b, float c, double d, String e, int[] f, int g, double h, long i) {
        int x = a * 3 + n;
        long y = b ^ n;
        float z = c + n;
        double w = d * 2 - n;
        String s = e + (n & 3);
        int[] array = f.clone();
        try {
            if (n == 0) {
                throw new Quiet(x);
            }
            return many(n - 1, a + 1, b + 2, c + 3, d + 4, e, f, g + 5, h + 6, i + 7) + x;
        } catch (IllegalStateException never) {
            return -1;
        } finally {
            finals += x + (int) y + (int) z + (int) w + s.length() + array[n & 3] + g + (int) h + (int) i;
        }
    }

    static synchronized int locked(int n) {
        if (n == 0) {
            throw new Quiet(n);
        }
        return locked(n - 1) + 1;
    }

    int lockedInside(int n) {
        synchronized (this) {
            synchronized (LOCK) {
                return n == 0 ? plain(3) : lockedInside(n - 1) + 1;
            }
        }
    }

    static int small(int n) {
        return smaller(n) + 1;
    }

    static int smaller(int n) {
        try {
            return smallest(n);
        } catch (IllegalArgumentException e) {
            return 1000;
        }
    }

    static int smallest(int n) {
        if (n % 7 == 3) {
            throw new IllegalArgumentException();
        }
        if (n % 11 == 5) {
            throw new Quiet(n);
        }
        return n;
    }

    static int thrown(int n) throws Other {
        if (n % 3 == 0) {
            throw new Other();
        }
        return n % 3 == 1 ? plain(n & 15) : n;
    }

    /** The handlers are in a loop, which is entered while it runs. */
    static long looping(int rounds) {
        long sum = 0;
        String last = "";
        for (int i = 0; i < rounds; i++) {
            try {
                sum += thrown(i);
            } catch (Other e) {
                sum += 5;
                last = "other " + (i & 7);
            } catch (Quiet e) {
                sum += 7;
                last = last.length() > 7 ? "quiet" : last;
            } finally {
                sum ^= i;
            }
        }
        return sum + last.hashCode();
    }

    /** Each frame on the way makes garbage and reads what it kept. */
    static int collecting(int n) {
        String mine = "frame " + n;
        List<Object> list = new ArrayList<>();
        list.add(mine);
        try {
            if (n == 0) {
                throw new Quiet(0);
            }
            return collecting(n - 1) + 1;
        } finally {
            kept = new byte[1 << 12];
            if (n % 50 == 0) {
                System.gc();
            }
            if (list.get(0) == mine && mine.equals("frame " + n)) {
                held++;
            }
        }
    }

    static int endless(int n, double d) {
        return endless(n + 1, d + 1) + 1;
    }

    /** Many frames above the one that catches. */
    static int above(int n) {
        if (n > 0) {
            try {
                return above(n - 1) + 1;
            } finally {
                finals++;
            }
        }
        try {
            return endless(0, 0);
        } catch (StackOverflowError e) {
            return 0;
        }
    }

    static int notCaught(int n) {
        return n == 0 ? endless(0, 0) : notCaught(n - 1) + 1;
    }

    /** More kinds than compiled code looks for. */
    static final Step[] STEPS = {
        n -> plain(n),
        n -> Integer.parseInt("none"),
        n -> new int[n].length + small(5),
        n -> {
            Object object = n;
            return ((String) object).length();
        },
        n -> {
            System.arraycopy(new int[2], n, new int[1], 0, 1);
            return n;
        },
        n -> locked(n),
    };

    static String through(int n) {
        Step step = STEPS[n % STEPS.length];
        try {
            return "value " + over(step, n % 20 + 2);
        } catch (Quiet e) {
            return "Quiet";
        } catch (RuntimeException e) {
            return e.getClass().getSimpleName();
        }
    }

    static int over(Step step, int n) {
        return step.run(n) + 1;
    }

    public static void main(String[] args) {
        int caught = 0;
        for (int i = 0; i < 3000; i++) {
            try {
                plain(i % 40);
            } catch (Quiet e) {
                caught++;
            }
            try {
                many(i % 30, i, i, i, i, "text", new int[] {1, 2, 3, 4}, i, i, i);
            } catch (Quiet e) {
                caught += e.depth;
            }
            try {
                locked(i % 10);
            } catch (Quiet e) {
                caught++;
            }
            if (Thread.holdsLock(UnwoundFrames.class)) {
                System.out.println("locked class");
            }
            UnwoundFrames object = new UnwoundFrames();
            try {
                object.lockedInside(i % 10);
            } catch (Quiet e) {
                caught++;
            }
            if (Thread.holdsLock(object) || Thread.holdsLock(LOCK)) {
                System.out.println("locked object");
            }
            try {
                caught += small(i);
            } catch (Quiet e) {
                caught -= e.depth;
            }
        }
        System.out.println(caught + " " + finals);
        System.out.println(looping(200_000));
        for (int i = 0; i < 4; i++) {
            try {
                collecting(200);
            } catch (Quiet e) {
                System.out.println("held " + held);
            }
        }
        finals = 0;
        for (int i = 0; i < 3; i++) {
            System.out.println(above(500) + " " + finals);
            try {
                notCaught(300);
            } catch (StackOverflowError e) {
                System.out.println(e.getClass().getName());
            }
        }
        StringBuilder text = new StringBuilder();
        int hash = 0;
        for (int i = 0; i < 6000; i++) {
            String one = through(i);
            hash = hash * 31 + one.hashCode();
            if (i < 6) {
                text.append(one).append(", ");
            }
        }
        System.out.println(text + "" + hash);
    }
}
