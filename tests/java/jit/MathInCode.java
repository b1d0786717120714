import java.util.function.DoubleUnaryOperator;

/** Functions of Math give the same results before and after the code that calls them is compiled. */
public class MathInCode {
    private static final double[] ARGUMENTS = {0.1, 0.7, 1.0, 2.5, 10.0, 17197.0, 123456.789, 1e-5};

    static double all(double x) {
        double sum = Math.sin(x) + 3 * Math.cos(x) + 5 * Math.tan(x);
        sum += 7 * Math.exp(x / 100000) + 11 * Math.log(x) + 13 * Math.log10(x);
        return sum + 17 * Math.pow(x, 0.37) + Math.fma(x, 3.3, 0.1) + Math.fma(0.1f, 0.2f, 0.3f);
    }

    static int differing(double[] first) {
        int count = 0;
        for (int i = 0; i < ARGUMENTS.length; i++) {
            if (all(ARGUMENTS[i]) != first[i]) {
                count++;
            }
        }
        return count;
    }

    static int inLoop(DoubleUnaryOperator function, double x) {
        double first = function.applyAsDouble(x);
        int count = 0;
        for (int i = 0; i < 30_000; i++) {
            if (function.applyAsDouble(x) != first) {
                count++;
            }
        }
        return count;
    }

    public static void main(String[] args) {
        double[] first = new double[ARGUMENTS.length];
        for (int i = 0; i < ARGUMENTS.length; i++) {
            first[i] = all(ARGUMENTS[i]);
        }
        int differing = 0;
        for (int i = 0; i < 3000; i++) {
            differing += differing(first);
        }
        System.out.println(differing);
        double first2 = Math.log(17197);
        int inMain = 0;
        for (int i = 0; i < 100_000; i++) {
            if (Math.log(17197 + i / 1_000_000) != first2) {
                inMain++;
            }
        }
        System.out.println(inMain);
        System.out.println(inLoop(Math::log, 17197) + inLoop(Math::sin, 2.5) + inLoop(x -> Math.pow(x, 1.7), 3.1));
    }
}
