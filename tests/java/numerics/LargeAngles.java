import java.util.Random;

/** Sine, cosine and tangent of arguments that have to be reduced by many bits of pi. */
public class LargeAngles {
    static final double[] NEAR_MULTIPLES = {1.0739319202250209E296, 2.996726734333989E304, 1.0e22, 5.319372648326541E255,
        6381956970095103.0 * 0x1p797, 1.5e8, 2.0e15, Double.MAX_VALUE};

    static int far(double a, double b) {
        return Math.abs(a - b) > 2 * Math.ulp(b) ? 1 : 0;
    }

    static int far(double x) {
        return far(Math.sin(x), StrictMath.sin(x)) + far(Math.cos(x), StrictMath.cos(x))
            + far(Math.tan(x), StrictMath.tan(x));
    }

    public static void main(String[] args) {
        for (double x : NEAR_MULTIPLES) {
            System.out.println(x + " " + far(x) + far(-x));
        }
        Random random = new Random(7);
        int far = 0;
        for (int i = 0; i < 20_000; i++) {
            far += far(random.nextDouble() * Math.pow(2, random.nextInt(1000)));
        }
        System.out.println(far);
        System.out.println(Math.sin(Double.POSITIVE_INFINITY) + " " + Math.cos(Double.NaN) + " "
            + Math.tan(Double.NEGATIVE_INFINITY));
    }
}
