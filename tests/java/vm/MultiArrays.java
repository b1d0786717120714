import java.util.*;

/** Multi-dimensional arrays of all shapes, initializers, ragged rows, zero and negative sizes, long index chains. */
public class MultiArrays {
    public static void main(String[] args) {
        int[][] a = new int[3][4];
        a[2][3] = 5;
        int[][][] b = new int[2][3][];
        long[][][][] c = new long[2][2][2][2];
        String[][] s = new String[2][2];
        Object[][] o = {{1, "a"}, {}, null, {2.5, 'c', new int[] {1}}};
        char[][] tri = new char[5][];
        for (int i = 0; i < 5; i++) {
            tri[i] = new char[i + 1];
            Arrays.fill(tri[i], (char) ('a' + i));
        }
        System.out.println(Arrays.deepToString(a) + Arrays.deepToString(b) + Arrays.deepToString(c)
            + Arrays.deepToString(s) + Arrays.deepToString(o) + Arrays.deepToString(tri));
        System.out.println(a.getClass() + " " + a[0].getClass() + " " + b.getClass().getName() + " "
            + new int[0][5].length + " " + new int[5][0][3][1].length + " " + new byte[2][0].length);
        c[1][1][1][1] += 7;
        c[1][1][1][1] *= 3;
        c[0][1][0][1]--;
        System.out.println(c[1][1][1][1] + " " + c[0][1][0][1] + " " + (a[1] != a[2]) + " " + a[2].length); for (Runnable r : new Runnable[] {() -> { int[][] x = new int[3][-1];
    }
    , () -> { int[][] x = new int[-1][-2]; }
    , () -> b[0][0][0] = 1, () -> a[3][0] = 1, () -> a[0][4] = 1, () -> {
        Object[] x = a;
        x[0] = new long[1];
    }
    , () -> {
        Object[][] x = s;
        x[0][0] = 5;
    }
    , () -> {
        Object[][] x = s;
        x[1] = new Integer[2];
    }
}) try {
    r.run();
    System.out.println("none");
} catch (RuntimeException e) { System.out.println(e); }
double[][] m = new double[6][6], n = new double[6][6], p = new double[6][6];
for (int i = 0; i < 6; i++)
    for (int j = 0; j < 6; j++) {
        m[i][j] = i + j * 0.5;
        n[i][j] = i * j - 1;
    }
for (int i = 0; i < 6; i++)
    for (int j = 0; j < 6; j++)
        for (int k = 0; k < 6; k++) p[i][j] += m[i][k] * n[k][j];
System.out.println(Arrays.deepToString(p));
int[][] jag = new int[100][];
int tot = 0;
for (int i = 0; i < 100; i++) {
    jag[i] = new int[i % 7];
    for (int j = 0; j < jag[i].length; j++) jag[i][j] = i * j;
}
for (int[] row : jag)
    for (int x : row) tot += x;
System.out.println(tot);
int[] d5[] = {{1}}, e1 = {2};
System.out.println(d5[0][0] + e1[0]);
boolean[][][] z = new boolean[1][1][1];
z[0][0][0] ^= true;
byte[][] by = {{1, -1}};
by[0][1] += 200;
by[0][0] <<= 7;
short[][] sh = {{1}};
sh[0][0] -= 40000;
System.out.println(z[0][0][0] + " " + by[0][0] + " " + by[0][1] + " " + sh[0][0]);
Object deep = new int[1][1][1][1][1][1][1][1][1][1];
System.out.println(deep.getClass().getName());
}
}
