/** float and double operators to the bit: NaN, infinities, zeros, denormals, remainder, comparison. */
public class FloatDouble {
    static final double[] D = {0.0, -0.0, 1.0, -1.0, 0.1, -0.1, 2.0, 3.0, 1e10, 1e-10, 1e300, -1e300, 1e-300, 4.9e-324,
        -4.9e-324, Double.MIN_NORMAL, Double.MAX_VALUE, -Double.MAX_VALUE, Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY, Double.NaN, Math.PI, 1.5, 2.5, 1e15 + 0.5, 9007199254740993.0};
    static final float[] F = {0f, -0f, 1f, -1f, 0.1f, 3f, 1e10f, 1e38f, 1e-38f, 1.4e-45f, -1.4e-45f, Float.MIN_NORMAL,
        Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, 16777217f, 0.33333334f};
    static String x(double d) { return Long.toHexString(Double.doubleToLongBits(d)); }
    static String x(float f) { return Integer.toHexString(Float.floatToIntBits(f)); }
    static double strict(double a, double b, double c) { return a * b + c; }
    public static void main(String[] args) {
        for (double a : D) {
            long add = 0, sub = 0, mul = 0, div = 0, rem = 0;
            int cmp = 0;
            for (double b : D) {
                add = add * 31 + Double.doubleToLongBits(a + b);
                sub = sub * 31 + Double.doubleToLongBits(a - b);
                mul = mul * 31 + Double.doubleToLongBits(a * b);
                div = div * 31 + Double.doubleToLongBits(a / b);
                rem = rem * 31 + Double.doubleToLongBits(a % b);
                cmp = cmp * 3 + (a < b ? 1 : 0) + (a <= b ? 2 : 0) + (a == b ? 4 : 0) + (a != b ? 8 : 0)
                    + (a > b ? 16 : 0) + (a >= b ? 32 : 0) + Double.compare(a, b);
            }
            System.out.println(a + " " + Long.toHexString(add) + " " + Long.toHexString(sub) + " "
                + Long.toHexString(mul) + " " + Long.toHexString(div) + " " + Long.toHexString(rem) + " " + cmp
                + " neg " + x(-a) + " " + (float) a + " " + (int) a + " " + (long) a + " " + (short) a + " "
                + (byte) a + " " + (int) (char) a);
        }
        for (float a : F) {
            int add = 0, sub = 0, mul = 0, div = 0, rem = 0, cmp = 0;
            for (float b : F) {
                add = add * 31 + Float.floatToIntBits(a + b);
                sub = sub * 31 + Float.floatToIntBits(a - b);
                mul = mul * 31 + Float.floatToIntBits(a * b);
                div = div * 31 + Float.floatToIntBits(a / b);
                rem = rem * 31 + Float.floatToIntBits(a % b);
                cmp = cmp * 3 + (a < b ? 1 : 0) + (a <= b ? 2 : 0) + (a == b ? 4 : 0) + (a > b ? 16 : 0)
                    + Float.compare(a, b);
            }
            System.out.println(a + " " + Integer.toHexString(add) + " " + Integer.toHexString(sub) + " "
                + Integer.toHexString(mul) + " " + Integer.toHexString(div) + " " + Integer.toHexString(rem) + " " + cmp
                + " neg " + x(-a) + " " + (double) a + " " + (int) a + " " + (long) a);
        }
        double sum = 0;
        for (int i = 1; i <= 1000; i++) sum += 1.0 / i;
        System.out.println(sum + " " + x(sum));
        float fs = 0;
        for (int i = 1; i <= 1000; i++) fs += 1f / i;
        System.out.println(fs + " " + x(fs));
        double p = 1;
        for (int i = 0; i < 1080; i++) p /= 2;
        System.out.println(p);
        p = Double.MIN_VALUE;
        System.out.println(p / 2 + " " + p * 0.5 + " " + p * 1.5);
        System.out.println(strict(1e308, 10, -1e308) + " " + strict(0.1, 0.1, -0.01) + " " + Math.fma(0.1, 0.1, -0.01)
            + " " + Math.fma(0.1f, 0.1f, -0.01f));
        System.out.println((0.1 + 0.2) + " " + (0.1f + 0.2f) + " " + (float) 0.1 + " " + (double) 0.1f + " " + 100 * 1.1
            + " " + 3 * 0.1);
        System.out.println(5.5 % 2 + " " + -5.5 % 2 + " " + 5.5 % -2 + " " + 1e300 % 3.7 + " " + 5f % 0.3f + " "
            + x(-4.0 % 2.0) + " " + 1e17 % 1e-5);
        System.out.println(Double.NaN == Double.NaN);
        System.out.println(Double.valueOf(Double.NaN).equals(Double.NaN) + " " + Double.valueOf(0.0).equals(-0.0) + " "
            + (0.0 == -0.0) + " " + Math.min(0.0, -0.0) + " " + Math.max(-0.0, 0.0));
        System.out.println(Double.longBitsToDouble(0x7ff0000000000001L) + " "
            + Long.toHexString(Double.doubleToRawLongBits(Double.longBitsToDouble(0x7ff8000000000123L))) + " "
            + Float.intBitsToFloat(0x7fc00001));
        long l = Long.MAX_VALUE;
        System.out.println((double) l + " " + (float) l + " " + (long) (double) l + " " + (long) (float) l + " "
            + ((long) (double) (l - 1000)) + " " + (double) 9007199254740993L + " " + (float) 16777217 + " "
            + (float) 9007199791611905L);
        System.out.println((int) 2147483647.9 + " " + (int) -2147483648.9 + " " + (long) 9.3e18 + " " + (int) 1e20f
            + " " + (byte) 300.7 + " " + (char) 65.9 + " " + (short) -1e10 + " " + (char) -1.0);
    }
}
