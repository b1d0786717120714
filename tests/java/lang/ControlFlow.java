/** Loops, branches and comparisons of every primitive kind. */
public class ControlFlow {
    static int collatz(long n) {
        int steps = 0;
        while (n != 1) {
            n = (n & 1) == 0 ? n / 2 : 3 * n + 1;
            steps++;
        }
        return steps;
    }

    static String classify(int n) {
        if (n < 0)
            return "negative";
        else if (n == 0)
            return "zero";
        else if (n < 10)
            return "small";
        else
            return "large";
    }

    static int doWhile(int n) {
        int i = 0, sum = 0;
        do { sum += i; } while (++i < n);
        return sum;
    }

    static boolean side(String s, boolean b) {
        System.out.print(s);
        return b;
    }

    static int nested(int limit) {
        int count = 0;
        for (int i = 0; i < limit; i++) {
            for (int j = i; j < limit; j++) {
                if ((i + j) % 3 == 0) continue;
                if (j > 2 * i + 5) break;
                count++;
            }
        }
        return count;
    }

    static String compare(Object a, Object b) {
        return (a == b) + " " + (a != b) + " " + (a == null) + " " + (b != null);
    }

    public static void main(String[] args) {
        for (int i = 1; i <= 30; i++) System.out.print(collatz(i) + (i == 30 ? "\n" : " "));
        System.out.println(collatz(837799L));
        for (int i : new int[] {-5, 0, 7, 10}) System.out.println(classify(i));
        System.out.println(doWhile(0) + " " + doWhile(1) + " " + doWhile(10));
        System.out.println(nested(25));
        System.out.println(side("a", false) && side("b", true) || side("c", true));
        System.out.println(side("a", true) || side("b", true) && side("c", true));
        System.out.println(side("x", true) & side("y", false) | side("z", true) ^ side("w", true));
        Object o = new Object();
        System.out.println(compare(o, o) + "; " + compare(o, null) + "; " + compare(null, null));
        long l = Long.MIN_VALUE;
        float f = Float.NaN;
        double d = -0.0;
        System.out.println(
            (l < 0) + " " + (l <= -1L) + " " + (l > 0) + " " + (l >= 0) + " " + (l == l) + " " + (l != l));
        System.out.println((f < 0) + " " + (f <= 0) + " " + (f > 0) + " " + (f >= 0) + " " + (f == f) + " " + (f != f));
        System.out.println(
            (d < 0) + " " + (d <= 0) + " " + (d > 0) + " " + (d >= 0) + " " + (d == 0.0) + " " + (d != 0));
        System.out.println(!(f < 0) + " " + !(f >= 0) + " " + !(f != f));
        int i = 0;
        for (;;) {
            if (i++ == 5) break;
        }
        System.out.println(i);
        for (int a = 0, b = 10; a < b; a += 2, b--) System.out.print(a + "-" + b + " ");
        System.out.println();
        byte by = 0;
        int wraps = 0;
        for (int k = 0; k < 1000; k++)
            if (++by == 0) wraps++;
        System.out.println(by + " " + wraps);
        char c = 'a';
        c += 1;
        c++;
        System.out.println(c + " " + (int) c + " " + (char) (c + 1));
        short s = (short) 40000;
        s >>>= 1;
        System.out.println(s);
    }
}
