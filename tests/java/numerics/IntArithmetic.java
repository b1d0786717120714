/** int arithmetic at its edges: every operator on every pair of interesting values, folded to checks and samples. */
public class IntArithmetic {
    static final int[] V = {0, 1, -1, 2, -2, 3, 7, -7, 31, 32, 33, 63, 64, 100, -100, 255, 256, 65535, 65536, -65536,
        0x55555555, 0xaaaaaaaa, Integer.MAX_VALUE, Integer.MIN_VALUE, Integer.MAX_VALUE - 1, Integer.MIN_VALUE + 1};
    static int div(int a, int b) {
        try {
            return a / b;
        } catch (ArithmeticException e) { return 12345; }
    }
    static int rem(int a, int b) {
        try {
            return a % b;
        } catch (ArithmeticException e) { return 54321; }
    }
    public static void main(String[] args) {
        for (int a : V) {
            int add = 0, sub = 0, mul = 0, dv = 0, rm = 0, shl = 0, shr = 0, ushr = 0, and = 0, or = 0, xor = 0,
                cmp = 0;
            for (int b : V) {
                add = add * 31 + (a + b);
                sub = sub * 31 + (a - b);
                mul = mul * 31 + a * b;
                dv = dv * 31 + div(a, b);
                rm = rm * 31 + rem(a, b);
                shl = shl * 31 + (a << b);
                shr = shr * 31 + (a >> b);
                ushr = ushr * 31 + (a >>> b);
                and = and * 31 + (a & b);
                or = or * 31 + (a | b);
                xor = xor * 31 + (a ^ b);
                cmp = cmp * 3 + (a < b ? 1 : 0) + (a <= b ? 2 : 0) + (a == b ? 4 : 0) + (a != b ? 8 : 0)
                    + (a > b ? 16 : 0) + (a >= b ? 32 : 0) + Integer.compareUnsigned(a, b);
            }
            System.out.printf("%d: %x %x %x %x %x %x %x %x %x %x %x %x neg %d not %d%n", a, add, sub, mul, dv, rm, shl,
                shr, ushr, and, or, xor, cmp, -a, ~a);
        }
        System.out.println(Integer.MIN_VALUE / -1 + " " + Integer.MIN_VALUE % -1 + " " + -7 / 2 + " " + -7 % 2 + " "
            + 7 / -2 + " " + 7 % -2);
        System.out.println((1 << 31) + " " + (1 << 32) + " " + (1 << -1) + " " + (-1 >> 31) + " " + (-1 >>> 31) + " "
            + (-1 >>> 32) + " " + (-1 >>> -1));
        int i = Integer.MAX_VALUE;
        i++;
        System.out.println(i);
        i--;
        System.out.println(i);
        i += 127;
        i -= 128;
        i += 32767;
        i += -32768;
        System.out.println(i);
        for (int a : V)
            System.out.print((byte) a + "," + (short) a + "," + (int) (char) a + "," + (long) a + "," + (float) a + ","
                + (double) a + " ");
        System.out.println();
        for (int a : V)
            System.out.print(Integer.bitCount(a) + "," + Integer.numberOfLeadingZeros(a) + ","
                + Integer.numberOfTrailingZeros(a) + "," + Integer.reverse(a) + "," + Integer.reverseBytes(a) + ","
                + Integer.highestOneBit(a) + "," + Integer.lowestOneBit(a) + "," + Integer.rotateLeft(a, 5) + ","
                + Integer.rotateRight(a, 37) + "," + Integer.signum(a) + " ");
        System.out.println();
        for (int a : V)
            System.out.print(Integer.toHexString(a) + " " + Integer.toOctalString(a) + " " + Integer.toBinaryString(a)
                + " " + Integer.toString(a, 36) + " " + Integer.toUnsignedString(a) + " "
                + Integer.divideUnsigned(a, 7) + " " + Integer.remainderUnsigned(a, 7) + " " + Integer.toUnsignedLong(a)
                + "; ");
        System.out.println();
        for (int a : V)
            for (int b : V) {
                String s = "";
                try {
                    Math.addExact(a, b);
                    s += "a";
                } catch (ArithmeticException e) {}
                try {
                    Math.subtractExact(a, b);
                    s += "s";
                } catch (ArithmeticException e) {}
                try {
                    Math.multiplyExact(a, b);
                    s += "m";
                } catch (ArithmeticException e) {}
                System.out.print(s + (b == V[V.length - 1] ? "\n" : ","));
            }
        System.out.println(Math.abs(Integer.MIN_VALUE) + " " + Math.floorDiv(-7, 2) + " " + Math.floorMod(-7, 2) + " "
            + Math.floorMod(7, -2) + " " + Math.floorDiv(Integer.MIN_VALUE, -1) + " "
            + Math.multiplyHigh(1L << 62, 12345) + " " + Math.multiplyFull(1 << 30, 1 << 30));
        System.out.println(Integer.parseInt("-80000000", 16) + " " + Integer.parseInt("+7f", 16) + " "
            + Integer.parseUnsignedInt("4294967295") + " " + Integer.decode("-0x10") + " " + Integer.decode("010") + " "
            + Integer.decode("#ff") + " " + Integer.valueOf("zz", 36));
    }
}
