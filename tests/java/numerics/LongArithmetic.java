/** long arithmetic at its edges. */
public class LongArithmetic {
    static final long[] V = {0, 1, -1, 2, -2, 10, -10, 31, 32, 63, 64, 65, 0x7fffffffL, 0x80000000L, -0x80000000L,
        0xffffffffL, 1L << 32, (1L << 32) + 1, 0x5555555555555555L, 0xaaaaaaaaaaaaaaaaL, Long.MAX_VALUE, Long.MIN_VALUE,
        Long.MIN_VALUE + 1, 1000000007L, -998244353L};
    static long div(long a, long b) {
        try {
            return a / b;
        } catch (ArithmeticException e) { return 12345; }
    }
    static long rem(long a, long b) {
        try {
            return a % b;
        } catch (ArithmeticException e) { return 54321; }
    }
    public static void main(String[] args) {
        for (long a : V) {
            long add = 0, sub = 0, mul = 0, dv = 0, rm = 0, shl = 0, shr = 0, ushr = 0, and = 0, or = 0, xor = 0,
                 cmp = 0;
            for (long b : V) {
                add = add * 31 + (a + b);
                sub = sub * 31 + (a - b);
                mul = mul * 31 + a * b;
                dv = dv * 31 + div(a, b);
                rm = rm * 31 + rem(a, b);
                shl = shl * 31 + (a << b);
                shr = shr * 31 + (a >> (int) b);
                ushr = ushr * 31 + (a >>> b);
                and = and * 31 + (a & b);
                or = or * 31 + (a | b);
                xor = xor * 31 + (a ^ b);
                cmp = cmp * 3 + (a < b ? 1 : 0) + (a <= b ? 2 : 0) + (a == b ? 4 : 0) + (a > b ? 16 : 0)
                    + Long.compare(a, b) + Long.compareUnsigned(a, b) * 5L;
            }
            System.out.printf("%d: %x %x %x %x %x %x %x %x %x %x %x %x neg %d not %d%n", a, add, sub, mul, dv, rm, shl,
                shr, ushr, and, or, xor, cmp, -a, ~a);
        }
        System.out.println(Long.MIN_VALUE / -1 + " " + Long.MIN_VALUE % -1 + " " + -7L / 2 + " " + -7L % 2);
        for (long a : V)
            System.out.print((int) a + "," + (short) a + "," + (byte) a + "," + (int) (char) a + "," + (float) a + ","
                + (double) a + " ");
        System.out.println();
        for (long a : V)
            System.out.print(Long.bitCount(a) + "," + Long.numberOfLeadingZeros(a) + "," + Long.numberOfTrailingZeros(a)
                + "," + Long.reverse(a) + "," + Long.reverseBytes(a) + "," + Long.highestOneBit(a) + ","
                + Long.rotateLeft(a, 13) + "," + Long.hashCode(a) + " ");
        System.out.println();
        for (long a : V)
            System.out.print(Long.toHexString(a) + " " + Long.toString(a, 35) + " " + Long.toUnsignedString(a) + " "
                + Long.divideUnsigned(a, 1000003) + " " + Long.remainderUnsigned(a, 1000003) + " "
                + (a == 0 ? 0 : Long.divideUnsigned(12345678901234L, a)) + " " + Math.multiplyHigh(a, a) + "; ");
        System.out.println();
        for (long a : V)
            for (long b : V) {
                String s = "";
                try {
                    Math.addExact(a, b);
                    s += "a";
                } catch (ArithmeticException e) {}
                try {
                    Math.multiplyExact(a, b);
                    s += "m";
                } catch (ArithmeticException e) {}
                try {
                    Math.toIntExact(a);
                    s += "i";
                } catch (ArithmeticException e) {}
                System.out.print(s + (b == V[V.length - 1] ? "\n" : ","));
            }
        long h = 1125899906842597L;
        for (int i = 0; i < 2000; i++) {
            h = 31 * h + (h >>> 7) - (h << 3) ^ i;
            h += h / (i + 1) + h % (i + 3);
        }
        System.out.println(h);
        long x = 88172645463325252L;
        for (int i = 0; i < 1000; i++) {
            x ^= x << 13;
            x ^= x >>> 7;
            x ^= x << 17;
        }
        System.out.println(x);
        System.out.println(Long.parseLong("-9223372036854775808") + " " + Long.parseUnsignedLong("ffffffffffffffff", 16)
            + " " + Long.decode("-0x8000000000000000"));
        int sh = 1;
        long big = 1;
        big <<= 40;
        big >>= sh;
        big >>>= 2;
        System.out.println(big + " " + (big << 70) + " " + (5 << 33L));
    }
}
