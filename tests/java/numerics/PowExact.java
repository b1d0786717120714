/** Powers with exponents 2 and 0.5 are the same as a product and a square root. */
public class PowExact {
    public static void main(String[] args) {
        int roots = 0;
        int squares = 0;
        for (int i = 1; i < 20000; i++) {
            double x = 1.0 / i;
            if (Math.pow(x, 0.5) != Math.sqrt(x)) roots++;
            if (Math.pow(i, 0.5) != Math.sqrt(i)) roots++;
            if (Math.pow(x, 2.0) != x * x) squares++;
        }
        System.out.println(roots + " " + squares);
        double[] special = {0.0, -0.0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN, -1.0, 1e308};
        for (double x : special) {
            System.out.println(Math.pow(x, 0.5) + " " + Math.pow(x, 2.0));
        }
    }
}
