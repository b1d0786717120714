/** Floating point in nested loops. */
public class Mandelbrot {
    public static void main(String[] args) {
        int n = Integer.parseInt(args[0]), inside = 0;
        for (int y = 0; y < n; y++) {
            for (int x = 0; x < n; x++) {
                double cr = 2.0 * x / n - 1.5, ci = 2.0 * y / n - 1.0, zr = 0, zi = 0;
                int i = 0;
                while (i < 50 && zr * zr + zi * zi <= 4.0) {
                    double next = zr * zr - zi * zi + cr;
                    zi = 2 * zr * zi + ci;
                    zr = next;
                    i++;
                }
                inside += i;
            }
        }
        System.out.println(inside);
    }
}
