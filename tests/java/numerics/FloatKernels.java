/**
 * Floating-point loops whose result depends on every rounding: n-body, Mandelbrot, matrix inverse, FFT, integration.
 */
public class FloatKernels {
    static String x(double d) { return Long.toHexString(Double.doubleToLongBits(d)) + " " + d; }
    static double nbody(int steps) {
        double[] px = {0, 4.84, 8.34, 12.89}, py = {0, -1.16, 4.12, -15.11}, vx = {0, 0.6, -1.01, 1.08},
                 vy = {0, 2.8, 1.8, 0.86}, m = {39.47, 0.037, 0.011, 0.0017};
        for (int s = 0; s < steps; s++) {
            for (int i = 0; i < 4; i++)
                for (int j = i + 1; j < 4; j++) {
                    double dx = px[i] - px[j], dy = py[i] - py[j], d2 = dx * dx + dy * dy,
                           mag = 0.01 / (d2 * Math.sqrt(d2));
                    vx[i] -= dx * m[j] * mag;
                    vy[i] -= dy * m[j] * mag;
                    vx[j] += dx * m[i] * mag;
                    vy[j] += dy * m[i] * mag;
                }
            for (int i = 0; i < 4; i++) {
                px[i] += 0.01 * vx[i];
                py[i] += 0.01 * vy[i];
            }
        }
        return px[1] + py[2] * 3 + vx[3];
    }
    static int mandel(int n) {
        int t = 0;
        for (int a = 0; a < n; a++)
            for (int b = 0; b < n; b++) {
                double cr = 2.0 * a / n - 1.5, ci = 2.0 * b / n - 1, zr = 0, zi = 0;
                int k = 0;
                while (k < 50 && zr * zr + zi * zi < 4) {
                    double w = zr * zr - zi * zi + cr;
                    zi = 2 * zr * zi + ci;
                    zr = w;
                    k++;
                }
                t += k;
            }
        return t;
    }
    static float[] fmat(int n) {
        float[][] a = new float[n][n];
        float[] x = new float[n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) a[i][j] = 1f / (i + j + 1);
        for (int i = 0; i < n; i++) {
            x[i] = 0;
            for (int j = 0; j < n; j++) x[i] += a[i][j] * (j % 3 - 1f);
        }
        return x;
    }
    static double[] fft(double[] re) {
        int n = re.length;
        double[] im = new double[n];
        for (int i = 1, j = 0; i < n; i++) {
            int bit = n >> 1;
            for (; (j & bit) != 0; bit >>= 1) j ^= bit;
            j ^= bit;
            if (i < j) {
                double t = re[i];
                re[i] = re[j];
                re[j] = t;
            }
        }
        for (int len = 2; len <= n; len <<= 1) {
            double ang = 2 * Math.PI / len, wr = StrictMath.cos(ang), wi = StrictMath.sin(ang);
            for (int i = 0; i < n; i += len) {
                double cr = 1, ci = 0;
                for (int k = 0; k < len / 2; k++) {
                    int u = i + k, v = u + len / 2;
                    double tr = re[v] * cr - im[v] * ci, ti = re[v] * ci + im[v] * cr;
                    re[v] = re[u] - tr;
                    im[v] = im[u] - ti;
                    re[u] += tr;
                    im[u] += ti;
                    double nr = cr * wr - ci * wi;
                    ci = cr * wi + ci * wr;
                    cr = nr;
                }
            }
        }
        double e = 0;
        for (int i = 0; i < n; i++) e += re[i] * re[i] + im[i] * im[i];
        return new double[] {re[1], im[3], e};
    }
    static double simpson(int n) {
        double h = 1.0 / n, s = 0;
        for (int i = 0; i <= n; i++) {
            double t = i * h, w = i == 0 || i == n ? 1 : i % 2 == 0 ? 2 : 4;
            s += w * StrictMath.exp(-t * t);
        }
        return s * h / 3;
    }
    static double det(int n) {
        double[][] a = new double[n][n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) a[i][j] = ((i * 7 + j * 13) % 11) + (i == j ? 10 : 0);
        double d = 1;
        for (int c = 0; c < n; c++) {
            for (int r = c + 1; r < n; r++) {
                double f = a[r][c] / a[c][c];
                for (int k = c; k < n; k++) a[r][k] -= f * a[c][k];
            }
            d *= a[c][c];
        }
        return d;
    }
    public static void main(String[] args) {
        System.out.println(x(nbody(2000)));
        System.out.println(mandel(60));
        for (float f : fmat(8)) System.out.print(Integer.toHexString(Float.floatToIntBits(f)) + " ");
        System.out.println();
        double[] sig = new double[256];
        for (int i = 0; i < 256; i++) sig[i] = i * 37 % 101 / 10.0;
        for (double d : fft(sig)) System.out.println(x(d));
        System.out.println(x(simpson(1000)));
        System.out.println(x(det(20)));
        float acc = 0;
        for (int i = 0; i < 10000; i++) acc += 0.1f;
        System.out.println(acc);
        double kahan = 0, c = 0;
        for (int i = 0; i < 10000; i++) {
            double y = 0.1 - c, t = kahan + y;
            c = (t - kahan) - y;
            kahan = t;
        }
        System.out.println(x(kahan));
        float ff = 1f;
        double mixed = 0;
        for (int i = 1; i < 100; i++) {
            ff = ff * 1.1f + i / 3f;
            mixed += ff * 0.5 + i;
        }
        System.out.println(ff + " " + x(mixed));
    }
}
