// slow
/** Long loops without calls, deep and repeated stack overflows: the native stack must not grow with bytecodes run. */
public class LongRun {
    int i = 1;
    long l = 2;
    double d = 0.5;
    byte b = -3;
    char c = 'x';
    short s = -5;
    boolean z = true;
    float f = 1.5f;
    volatile int v = 4;
    volatile long vl = 9;
    Object o = "o";
    static int si = 3;
    static int depth;

    int fields(LongRun p, int n) {
        int sum = 0;
        for (int k = 0; k < n; k++) {
            sum += i + (int) l + (int) d + b + c + s + (z ? 1 : 0) + (int) f + v + (int) vl + si;
            sum ^= p.i + p.b + p.c + p.s + (p.z ? 1 : 0) + p.v;
            p.i = k & 3;
            p.b = (byte) k;
            p.c = (char) k;
            p.s = (short) k;
            p.z = (k & 1) == 0;
            p.v = k;
            p.vl = k;
            if (o == null || p.o != o) sum++;
        }
        return sum;
    }

    static int loops(int n) {
        int a = 0;
        int[] t = new int[16];
        long[] u = new long[16];
        byte[] w = new byte[16];
        for (int i = 0; i < n; i++) {
            t[i & 15] += i;
            u[i & 15] ^= (long) i * t[(i + 1) & 15];
            w[i & 15] = (byte) i;
            switch (i % 7) {
                case 0: a += 1; break;
                case 1: a -= i; break;
                case 5: a ^= t[3]; break;
                default: a += w[i & 7];
            }
            switch (i) {
                case 10: a++; break;
                case 100000: a += 2; break;
                case -5: a = 0; break;
                default:
            }
            double d = i * 0.5;
            if (d > 1e6 || d != d) a++;
            float f = i;
            if (f < 0) a--;
            if (i % 3 == 0 && a > 100 || a < -100) a = (a << 3) ^ (a >>> 2);
        }
        return a + (int) u[5];
    }

    static int recurse(int n) {
        depth = n;
        return recurse(n + 1) + 1;
    }

    static synchronized long locked(long n, Object... more) {
        depth = (int) n;
        return locked(n + 1, more) + 1;
    }

    static int unwound;

    static void unwinding() {
        try {
            unwinding();
        } finally { unwound++; }
    }

    public static void main(String[] args) {
        System.out.println(loops(3_000_000));
        System.out.println(new LongRun().fields(new LongRun(), 1_000_000));
        for (int k = 0; k < 5; k++) {
            try {
                recurse(0);
            } catch (StackOverflowError e) {
                System.out.println(e + " " + (depth > 1000) + " " + e.getStackTrace().length);
            }
            try {
                locked(0);
            } catch (StackOverflowError e) {
                System.out.println(e + " " + (depth > 1000) + " " + Thread.holdsLock(LongRun.class));
            }
        }
        try {
            unwinding();
        } catch (StackOverflowError e) { System.out.println(unwound > 500); }
    }
}
