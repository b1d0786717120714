/** Printing and parsing of doubles and floats. */
public class DoublePrinting {
    public static void main(String[] args) {
        double[] d = {1, 10, 100, 1e6, 9999999, 1e7, 12345678.9, 0.001, 0.0001, 0.00099, 123456789012345680.0, 1.0E23,
            2.2250738585072014E-308, 4.9E-324, 1.7976931348623157E308, 0.1, 0.2, 0.3, 1.0 / 3, 2.0 / 3, 1e21, 1e22,
            5e-324, 3.141592653589793, 2.718281828459045, 1234567.125, 8.41E21, 2.0E-3, 1e-5, 9.5e-3, 6.02214076e23};
        for (double x : d) System.out.print(x + " " + -x + " " + (float) x + " " + Double.toHexString(x) + "; ");
        System.out.println();
        String[] s = {"0", "-0", "1e0", "1E+5", "1e-5", ".5", "5.", "0x1p3", "0x1.8p1", "-0x.8p-2", "NaN", "-Infinity",
            "+Infinity", "1e400", "-1e400", "1e-400", "1.0f", "2d", "  7  ", "123456789012345678901234567890", "0.1e1",
            "2.2250738585072012e-308", "4.9406564584124654e-324", "2.4703282292062327e-324", "2.4703282292062328e-324",
            "9007199254740993", "9007199254740992.99999", "1.7976931348623158e308", "1.7976931348623159e308",
            "0.500000000000000166533453693773481063544750213623046875", "3.518437208883201171875e13",
            "6.631236846766476e-316", "1e23", "8.5"};
        for (String t : s) System.out.print(Double.parseDouble(t) + "/" + Float.parseFloat(t) + " ");
        System.out.println();
        for (String t : new String[] {
                 "", " ", "e5", "1e", "0x1", "1,5", "1_0", "infinity", "nan", "--1", "1e5.5", "0x1.p", "1ff"}) {
            try {
                System.out.print(Double.parseDouble(t) + " ");
            } catch (NumberFormatException e) { System.out.print("[" + e.getMessage() + "] "); }
        }
        System.out.println();
        java.util.Random r = new java.util.Random(42);
        long h = 0;
        int back = 0;
        for (int i = 0; i < 2000; i++) {
            double x = Double.longBitsToDouble(r.nextLong());
            if (Double.isNaN(x)) continue;
            if (Double.parseDouble(Double.toString(x)) == x) back++;
            float f = (float) r.nextGaussian();
            if (Float.parseFloat(Float.toString(f)) == f) back++;
            h = h * 31 + Double.toHexString(x).hashCode();
        }
        System.out.println(back + " " + h);
        System.out.println(String.format("%.3f %.0f %e %g %a %10.2f|%-10.2f|%+.1f %,.2f %05.1f %(.2f %.15f %s", 3.14159,
            2.5, 12345.678, 0.00012345, 1.0, 2.345, 2.345, 2.25, 1234567.891, 3.14159, -7.5, 0.1, 1e10));
        System.out.println(
            String.format("%.2f %.2f %.2f %.1f %.1f %.3e %.0e", 1.005, 2.675, 1.115, 0.25, 0.35, 9.9995, 5.5));
        System.out.println(Float.MIN_VALUE + " " + Float.MAX_VALUE + " " + 1.17549435E-38f + " " + 3.4e38f * 10 + " "
            + 33554432f + " " + 1.0e10f + " " + 0.001f + " " + 9999999f + " " + 16777216f);
    }
}
