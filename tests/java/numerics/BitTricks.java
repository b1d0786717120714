/** Bit manipulation in loops: hashes, CRC tables, Gray codes, popcounts, permutations, pseudo random generators. */
public class BitTricks {
    static int crc32(byte[] b) {
        int c = ~0;
        for (byte x : b) {
            c ^= x & 0xff;
            for (int k = 0; k < 8; k++) c = (c >>> 1) ^ (0xEDB88320 & -(c & 1));
        }
        return ~c;
    }
    static int murmur(int h) {
        h ^= h >>> 16;
        h *= 0x85ebca6b;
        h ^= h >>> 13;
        h *= 0xc2b2ae35;
        return h ^ h >>> 16;
    }
    static long splitmix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
    static int pop(int x) {
        x -= x >>> 1 & 0x55555555;
        x = (x & 0x33333333) + (x >>> 2 & 0x33333333);
        return (x + (x >>> 4) & 0x0f0f0f0f) * 0x01010101 >>> 24;
    }
    static long mulmod(long a, long b, long m) {
        long r = 0;
        while (b > 0) {
            if ((b & 1) == 1) r = Long.remainderUnsigned(r + a, m);
            a = Long.remainderUnsigned(a << 1, m);
            b >>= 1;
        }
        return r;
    }
    static int isqrt(int n) {
        int r = 0, bit = 1 << 30;
        while (bit > n) bit >>= 2;
        while (bit != 0) {
            if (n >= r + bit) {
                n -= r + bit;
                r = (r >> 1) + bit;
            } else
                r >>= 1;
            bit >>= 2;
        }
        return r;
    }
    static int queens(int all, int cols, int d1, int d2) {
        if (cols == all) return 1;
        int free = all & ~(cols | d1 | d2), n = 0;
        while (free != 0) {
            int bit = free & -free;
            free -= bit;
            n += queens(all, cols | bit, (d1 | bit) << 1, (d2 | bit) >> 1);
        }
        return n;
    }
    public static void main(String[] args) {
        System.out.println(Integer.toHexString(crc32("The quick brown fox".getBytes())) + " "
            + Integer.toHexString(murmur(42)) + " " + Long.toHexString(splitmix(42)));
        int bad = 0;
        for (int i = -2000; i < 2000; i++) {
            int v = i * 1234567;
            if (pop(v) != Integer.bitCount(v)) bad++;
            if (v >= 0 && isqrt(v) != (int) Math.sqrt(v)) bad++;
        }
        System.out.println(bad);
        System.out.println(mulmod(123456789123456789L, 987654321987654321L, 1000000000000000003L) + " "
            + queens((1 << 7) - 1, 0, 0, 0));
        StringBuilder g = new StringBuilder();
        for (int i = 0; i < 16; i++) g.append(Integer.toBinaryString((i ^ i >> 1) | 16).substring(1)).append(' ');
        System.out.println(g);
        long seed = 1;
        long h = 0;
        for (int i = 0; i < 5000; i++) {
            seed = seed * 6364136223846793005L + 1442695040888963407L;
            h ^= Long.rotateLeft(seed, i) + (int) (seed >>> 33);
        }
        System.out.println(Long.toHexString(h));
        int x = 1, y = 0;
        for (int i = 0; i < 1000; i++) {
            x ^= x << 13;
            x ^= x >>> 17;
            x ^= x << 5;
            y += x % 1000;
        }
        System.out.println(x + " " + y);
        boolean[] sieve = new boolean[10000];
        int primes = 0;
        for (int i = 2; i < sieve.length; i++) {
            if (sieve[i]) continue;
            primes++;
            for (int j = i * i; j < sieve.length && j > 0; j += i) sieve[j] = true;
        }
        System.out.println(primes);
        int perms = 0;
        int v = 0b11111;
        while (v < 1 << 12) {
            perms++;
            int t = v | v - 1;
            v = t + 1 | (~t & -~t) - 1 >> Integer.numberOfTrailingZeros(v) + 1;
        }
        System.out.println(perms);
        long fnv = 0xcbf29ce484222325L;
        for (char c : "hello world".toCharArray()) {
            fnv ^= c;
            fnv *= 0x100000001b3L;
        }
        System.out.println(Long.toHexString(fnv));
    }
}
