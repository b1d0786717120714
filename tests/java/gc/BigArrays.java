import java.util.*;

/** Large objects of every element type, old-to-young references, growth and release. */
public class BigArrays {
    public static void main(String[] args) {
        long h = 0;
        for (int round = 0; round < 10; round++) {
            int[] i = new int[300_000];
            long[] l = new long[100_000];
            byte[] b = new byte[1_000_000];
            char[] c = new char[200_000];
            double[] d = new double[50_000];
            Object[] o = new Object[100_000];
            boolean[] z = new boolean[70_000];
            short[] s = new short[90_000];
            float[] f = new float[80_000];
            i[299_999] = round;
            l[99_999] = round;
            b[999_999] = (byte) round;
            c[199_999] = (char) round;
            d[49_999] = round;
            o[99_999] = "r" + round;
            z[69_999] = true;
            s[89_999] = (short) round;
            f[79_999] = round;
            h = h * 31 + i[299_999] + l[99_999] + b[999_999] + c[199_999] + (long) d[49_999] + o[99_999].hashCode()
                + (z[69_999] ? 1 : 0) + s[89_999] + (long) f[79_999] + i[0] + l[5] + b[7] + (o[3] == null ? 1 : 0);
        }
        System.out.println(h);
        Object[] old = new Object[20_000];
        System.gc();
        System.gc();
        for (int k = 0; k < 100_000; k++) {
            old[k % old.length] = new int[] {k, k * 2};
            if (k % 3 == 0) old[(k * 7) % old.length] = null;
        }
        int nulls = 0, bad = 0;
        for (int k = 0; k < old.length; k++) {
            int[] a = (int[]) old[k];
            if (a == null)
                nulls++;
            else if (a[1] != a[0] * 2 || a[0] % old.length != k)
                bad++;
        }
        System.out.println(nulls + " " + bad);
        int[][][] m = new int[30][40][50];
        m[29][39][49] = 5;
        System.gc();
        int zero = 0;
        for (int[][] x : m)
            for (int[] y : x)
                for (int v : y)
                    if (v == 0) zero++;
        System.out.println(zero);
        Object[][] copy = new Object[3][];
        for (int k = 0; k < 3; k++) copy[k] = old.clone();
        System.gc();
        System.out.println(Arrays.equals(copy[0], copy[2]) + " " + (copy[1] != old));
    }
}
