/** Functions of Math give the same results before and after their callers are compiled, inlined or not. */
public class MathAgrees {
    static final double[] ARGUMENTS = {17197, 0.1, 1e-300, 3.7, -2.25, 1e22, 0.5, 123456.789, -0.0, Double.NaN};

    static long bits(int function, double x) {
        double result;
        switch (function) {
            case 0: result = Math.log(x); break;
            case 1: result = Math.log10(x); break;
            case 2: result = Math.exp(x); break;
            case 3: result = Math.sin(x); break;
            case 4: result = Math.cos(x); break;
            case 5: result = Math.tan(x); break;
            case 6: result = Math.pow(x, 1.37); break;
            case 7: result = Math.fma(x, 3.1, 0.7); break;
            case 8: result = Math.sqrt(x); break;
            case 9: result = Math.cbrt(x); break;
            case 10: result = Math.hypot(x, 3.3); break;
            case 11: result = Math.atan2(x, 0.3); break;
            default: result = Math.sinh(x); break;
        }
        return Double.doubleToLongBits(result);
    }

    public static void main(String[] args) {
        long[][] first = new long[13][ARGUMENTS.length];
        for (int function = 0; function < first.length; function++) {
            for (int i = 0; i < ARGUMENTS.length; i++) first[function][i] = bits(function, ARGUMENTS[i]);
        }
        int[] different = new int[first.length];
        for (int round = 0; round < 3000; round++) {
            for (int function = 0; function < first.length; function++) {
                for (int i = 0; i < ARGUMENTS.length; i++) {
                    if (bits(function, ARGUMENTS[i]) != first[function][i]) different[function]++;
                }
            }
        }
        for (int function = 0; function < different.length; function++) {
            System.out.println(function + " " + different[function]);
        }
    }
}
