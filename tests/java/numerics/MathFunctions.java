/**
 * Math and StrictMath on ordinary and extreme arguments; Math's intrinsics are compared within one ulp, StrictMath to
 * the bit.
 */
public class MathFunctions {
    static final double[] D = {0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 1.5, 2.5, -2.5, 0.49999999999999994, 4503599627370497.5,
        1e10, -1e10, 1e300, 1e-300, 4.9e-324, 709.78, -745.2, 3.0, 10.0, 100.0, Double.MAX_VALUE,
        Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN, Math.PI, Math.PI / 2, 1e6};
    static String x(double d) { return Long.toHexString(Double.doubleToLongBits(d)); }
    static boolean near(double a, double b) { return Double.compare(a, b) == 0 || Math.abs(a - b) <= Math.ulp(b); }
    public static void main(String[] args) {
        for (double a : D) {
            System.out.println(a + " sin " + x(StrictMath.sin(a)) + " cos " + x(StrictMath.cos(a)) + " tan "
                + x(StrictMath.tan(a)) + " asin " + x(StrictMath.asin(a)) + " acos " + x(StrictMath.acos(a)) + " atan "
                + x(StrictMath.atan(a)) + " exp " + x(StrictMath.exp(a)) + " log " + x(StrictMath.log(a)) + " log10 "
                + x(StrictMath.log10(a)) + " sqrt " + x(StrictMath.sqrt(a)) + " cbrt " + x(StrictMath.cbrt(a))
                + " sinh " + x(StrictMath.sinh(a)) + " cosh " + x(StrictMath.cosh(a)) + " tanh "
                + x(StrictMath.tanh(a)) + " expm1 " + x(StrictMath.expm1(a)) + " log1p " + x(StrictMath.log1p(a)));
            System.out.println("  " + Math.floor(a) + " " + Math.ceil(a) + " " + Math.rint(a) + " " + Math.round(a)
                + " " + Math.round((float) a) + " " + Math.abs(a) + " " + Math.signum(a) + " " + Math.ulp(a) + " "
                + Math.getExponent(a) + " " + Math.nextUp(a) + " " + Math.nextDown(a) + " " + Math.scalb(a, 3) + " "
                + Math.sqrt(a) + " " + Math.toRadians(a) + " " + Math.toDegrees(a));
            System.out.println("  " + near(Math.sin(a), StrictMath.sin(a)) + near(Math.cos(a), StrictMath.cos(a))
                + near(Math.tan(a), StrictMath.tan(a)) + near(Math.exp(a), StrictMath.exp(a))
                + near(Math.log(a), StrictMath.log(a)) + near(Math.log10(a), StrictMath.log10(a))
                + near(Math.atan(a), StrictMath.atan(a)));
        }
        int bad = 0;
        long h = 0;
        for (double a : D)
            for (double b : D) {
                if (!near(Math.pow(a, b), StrictMath.pow(a, b))) bad++;
                h = h * 31 + Double.doubleToLongBits(StrictMath.pow(a, b));
                h = h * 31 + Double.doubleToLongBits(StrictMath.atan2(a, b));
                h = h * 31 + Double.doubleToLongBits(StrictMath.hypot(a, b));
                h = h * 31 + Double.doubleToLongBits(Math.IEEEremainder(a, b));
                h = h * 31 + Double.doubleToLongBits(Math.copySign(a, b));
                h = h * 31 + Double.doubleToLongBits(Math.nextAfter(a, b));
                h = h * 31 + Double.doubleToLongBits(Math.max(a, b)) + Double.doubleToLongBits(Math.min(a, b));
                h = h * 31 + Double.doubleToLongBits(Math.fma(a, b, 1.0));
            }
        System.out.println(bad + " " + Long.toHexString(h));
        System.out.println(Math.pow(2, 10) + " " + Math.pow(2, 0.5) + " " + Math.pow(0, 0) + " " + Math.pow(-8, 3) + " "
            + Math.pow(10, -2));
        double t = 0;
        for (int i = 0; i < 500; i++)
            t += StrictMath.sin(i * 0.37) * StrictMath.cos(i * i) / (1 + StrictMath.exp(-i * 0.01));
        System.out.println(x(t));
        System.out.println(Math.round(0.5) + " " + Math.round(-0.5) + " " + Math.round(1.5) + " " + Math.round(2.5f)
            + " " + Math.round(-2.5) + " " + Math.rint(2.5) + " " + Math.rint(-3.5) + " " + Math.round(Float.NaN)
            + " " + Math.round(1e20) + " " + Math.floorMod(-5L, 3));
    }
}
