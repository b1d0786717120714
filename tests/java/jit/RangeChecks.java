// jvm: -XX:CompileThreshold=500
import java.util.Arrays;

/** Loops whose bounds checks are made before them: exceptions come at the same iteration, behind the same effects. */
public class RangeChecks {
    interface Loop {
        long run(int[] a, int from, int to);
    }

    static int touched;

    static long up(int[] a, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            touched = i;
            sum += a[i]++;
        }
        return sum;
    }

    static long upTo(int[] a, int from, int to) {
        long sum = 0;
        for (int i = from; i <= to; i++) {
            touched = i;
            sum += a[i];
        }
        return sum;
    }

    static long byThree(int[] a, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i += 3) {
            touched = i;
            sum += a[i] + a[i + 1];
        }
        return sum;
    }

    static long down(int[] a, int from, int to) {
        long sum = 0;
        for (int i = to - 1; i >= from; i--) {
            touched = i;
            a[i] += 2;
            sum += a[i];
        }
        return sum;
    }

    static long downByTwo(int[] a, int from, int to) {
        long sum = 0;
        for (int i = to; i > from; i -= 2) {
            touched = i;
            sum += a[i - 1];
        }
        return sum;
    }

    static long unequal(int[] a, int from, int to) {
        long sum = 0;
        // Behind its end only an exception ends it.
        for (int i = from; i != to; i++) {
            touched = i;
            sum += a[i];
        }
        return sum;
    }

    static long tail(int[] a, int from, int to) {
        long sum = 0;
        int i = from;
        do {
            touched = i;
            sum += a[i] * 3;
            i++;
        } while (i < to);
        return sum;
    }

    static long before(int[] a, int from, int to) {
        long sum = 0;
        int i = from;
        while (a[i] >= 0 && i < to) {
            touched = i;
            sum += a[i];
            i++;
        }
        return sum;
    }

    static long neighbours(int[] a, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            touched = i;
            sum += a[i + 1] - a[i - 1] + a[i];
        }
        return sum;
    }

    static long mirrored(int[] a, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            touched = i;
            sum = sum * 31 + a[to - 1 - i + from];
        }
        return sum;
    }

    static long two(int[] a, int from, int to) {
        long sum = 0;
        for (int i = from, j = to; i < to; i++, j--) {
            touched = i;
            sum = sum * 7 + a[j - 1];
        }
        return sum;
    }

    static long scaled(int[] a, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            touched = i;
            sum += a[2 * i] - a[(i << 1) + 1];
        }
        return sum;
    }

    static long limitMoves(int[] a, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            touched = i;
            sum += a[i];
            if (a[i] == 13) {
                to++;
            }
        }
        return sum;
    }

    static long twoLimits(int[] a, int from, int to) {
        long sum = 0;
        for (int i = from; i < to && i < 20; i++) {
            touched = i;
            sum += a[i];
        }
        return sum;
    }

    static long skipping(int[] a, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            touched = i;
            if ((i & 3) == 1) {
                continue;
            }
            if (i == 17) {
                break;
            }
            sum += a[i] ^ i;
        }
        return sum;
    }

    static long caught(int[] a, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            try {
                touched = i;
                sum += 100 / (a[i] - 5);
            } catch (ArithmeticException e) {
                sum += 1000;
            }
        }
        return sum;
    }

    static long copied(int[] a, int from, int to) {
        int[] b = new int[8];
        int j = 0;
        try {
            for (int i = from; i < to; i++) {
                b[j++] = a[i];
            }
        } finally {
            touched = Arrays.hashCode(b) ^ j;
        }
        return j;
    }

    static final Loop[] LOOPS = {
        RangeChecks::up, RangeChecks::upTo, RangeChecks::byThree, RangeChecks::down, RangeChecks::downByTwo,
        RangeChecks::unequal, RangeChecks::tail, RangeChecks::before, RangeChecks::neighbours, RangeChecks::mirrored,
        RangeChecks::two, RangeChecks::scaled, RangeChecks::limitMoves, RangeChecks::twoLimits, RangeChecks::skipping,
        RangeChecks::caught, RangeChecks::copied,
    };

    static String call(Loop loop, int[] a, int from, int to) {
        touched = -77;
        String end;
        try {
            end = "" + loop.run(a, from, to);
        } catch (ArrayIndexOutOfBoundsException | NullPointerException e) {
            end = e instanceof NullPointerException ? "null" : e.getMessage();
        }
        return end + "/" + touched + "/" + Arrays.hashCode(a);
    }

    static int[] fresh(int length) {
        int[] a = new int[length];
        for (int i = 0; i < length; i++) {
            a[i] = i * 7 % 16;
        }
        return a;
    }

    public static void main(String[] args) {
        int[] edges = {0, 1, 2, 3, 5, 14, 15, 16, 17, 19, 33, -1, -2, Integer.MAX_VALUE, Integer.MAX_VALUE - 1,
            Integer.MAX_VALUE - 2, Integer.MIN_VALUE, Integer.MIN_VALUE + 1};
        for (int number = 0; number < LOOPS.length; number++) {
            Loop loop = LOOPS[number];
            long warm = 0;
            for (int round = 0; round < 2500; round++) {
                int[] a = fresh(16);
                warm = warm * 31 + call(loop, a, 1, 7 + (round & 1)).hashCode();
            }
            System.out.println(number + " warm " + warm);
            for (int round = 0; round < 2; round++) {
                long all = 0;
                for (int from : edges) {
                    for (int to : edges) {
                        int length = round == 0 ? 16 : 33;
                        // All end soon, most of them by an exception.
                        String result = call(loop, fresh(length), from, to);
                        all = all * 31 + result.hashCode();
                        if (from == 1 && to == 17 || from == -1 && to == 5 || from == 15 && to == 14) {
                            System.out.println("  " + from + ".." + to + " " + result);
                        }
                    }
                }
                System.out.println("  all " + all);
            }
        }
        System.out.println(call(RangeChecks::up, null, 0, 0) + " " + call(RangeChecks::up, null, 0, 2));
    }
}
