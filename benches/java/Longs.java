/** 64-bit integer arithmetic. */
public class Longs {
    static long mulmod(long a, long b, long m) {
        long r = 0;
        while (b != 0) {
            if ((b & 1) != 0) {
                r = (r + a) % m;
            }
            a = (a << 1) % m;
            b >>>= 1;
        }
        return r;
    }

    public static void main(String[] args) {
        int n = Integer.parseInt(args[0]);
        long x = 88172645463325252L, sum = 0;
        for (int i = 0; i < n; i++) {
            x ^= x << 13;
            x ^= x >>> 7;
            x ^= x << 17;
            sum += mulmod(x & 0xffffffL, i, 1_000_003) + (x >> 40) - x % 1009;
        }
        System.out.println(sum);
    }
}
