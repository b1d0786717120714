import java.util.*;
import java.util.stream.*;

/** java.util.Arrays: sorting of every type, search, fill, copies, comparison, hashing, prefix, parallel versions. */
public class ArraysUtil {
    public static void main(String[] args) {
        Random r = new Random(7);
        int n = 3000;
        int[] a = new int[n];
        long[] l = new long[n];
        short[] s = new short[n];
        char[] c = new char[n];
        byte[] b = new byte[n];
        float[] f = new float[n];
        double[] d = new double[n];
        Integer[] o = new Integer[n];
        String[] str = new String[500];
        for (int i = 0; i < n; i++) {
            a[i] = r.nextInt();
            l[i] = r.nextLong();
            s[i] = (short) a[i];
            c[i] = (char) a[i];
            b[i] = (byte) a[i];
            f[i] = r.nextFloat() - 0.5f;
            d[i] = r.nextGaussian();
            o[i] = a[i] % 100;
        }
        for (int i = 0; i < 500; i++) str[i] = Integer.toString(a[i], 36);
        f[5] = Float.NaN;
        f[6] = -0f;
        f[7] = 0f;
        d[5] = Double.NaN;
        d[6] = -0.0;
        d[7] = 0.0;
        d[8] = Double.NEGATIVE_INFINITY;
        Arrays.sort(a);
        Arrays.sort(l);
        Arrays.sort(s);
        Arrays.sort(c);
        Arrays.sort(b);
        Arrays.sort(f);
        Arrays.sort(d);
        Arrays.sort(o, Comparator.comparing((Integer x) -> x % 10).thenComparing(x -> - x));
        Arrays.sort(str);
        System.out.println(Arrays.hashCode(a) + " " + Arrays.hashCode(l) + " " + Arrays.hashCode(s) + " "
            + Arrays.hashCode(c) + " " + Arrays.hashCode(b) + " " + Arrays.hashCode(f) + " " + Arrays.hashCode(d) + " "
            + Arrays.hashCode(o) + " " + Arrays.hashCode(str));
        System.out.println(Arrays.binarySearch(a, a[77]) + " " + Arrays.binarySearch(d, -0.0) + " "
            + Arrays.binarySearch(str, "zzzzzzz") + " " + Arrays.binarySearch(c, 'a') / 100 + " " + d[n - 1] + " "
            + f[n - 1]);
        int[] part = {5, 4, 3, 2, 1, 0};
        Arrays.sort(part, 1, 4);
        System.out.println(Arrays.toString(part));
        int[] many = new int[20000];
        for (int i = 0; i < many.length; i++) many[i] = i * 7919 % 20011;
        int[] par = many.clone();
        Arrays.sort(many);
        Arrays.parallelSort(par);
        System.out.println(Arrays.equals(many, par) + " " + many[100]);
        int[] runs = new int[1000];
        for (int i = 0; i < 1000; i++) runs[i] = i / 100 % 2 == 0 ? i : -i;
        Arrays.sort(runs);
        System.out.println(runs[0] + " " + runs[500]);
        System.out.println(Arrays.toString(Arrays.copyOf(part, 8)) + Arrays.toString(Arrays.copyOfRange(part, 2, 9))
            + Arrays.toString(Arrays.copyOf(str, 2)) + Arrays.deepToString(new int[][] {{1, 2}, {}, null, {3}})
            + Arrays.deepEquals(new Object[] {new int[] {1}, "x"}, new Object[] {new int[] {1}, "x"})
            + Arrays.deepHashCode(new Object[] {1, new long[] {2}}) + Arrays.toString((int[]) null));
        boolean[] bo = new boolean[5];
        Arrays.fill(bo, 1, 3, true);
        System.out.println(Arrays.toString(bo) + Arrays.compare(new int[] {1, 2}, new int[] {1, 3})
            + Arrays.compare(new String[] {"a"}, new String[] {"a", "b"})
            + Arrays.mismatch(new long[] {1, 2, 3}, new long[] {1, 2, 4})
            + Arrays.compareUnsigned(new byte[] {-1}, new byte[] {1})
            + Arrays.equals(new double[] {Double.NaN, -0.0}, new double[] {Double.NaN, -0.0})
            + Arrays.equals(new double[] {0.0}, new double[] {-0.0})
            + Arrays.equals(part, 0, 2, new int[] {9, 5, 2}, 1, 3));
        int[] pre = IntStream.rangeClosed(1, 10).toArray();
        Arrays.parallelPrefix(pre, Integer::sum);
        System.out.println(Arrays.toString(pre));
        Arrays.setAll(pre, i -> i * i);
        Arrays.parallelSetAll(l, i -> i);
        System.out.println(Arrays.toString(pre) + Arrays.stream(pre).sum() + Arrays.stream(pre, 2, 4).sum()
            + Arrays.asList(1, 2) + l[2999]);
        Object[] objs = {"b", 1};
        try {
            Arrays.sort(objs);
        } catch (ClassCastException e) { System.out.println("CCE"); }
        try {
            Arrays.sort(part, 4, 2);
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        try {
            Arrays.copyOf(part, -1);
        } catch (NegativeArraySizeException e) { System.out.println(e.getMessage()); }
        try {
            Arrays.fill(part, 0, 10, 1);
        } catch (ArrayIndexOutOfBoundsException e) { System.out.println(e.getMessage()); }
        Integer[] stable = new Integer[200];
        for (int i = 0; i < 200; i++) stable[i] = 1000 + i * 13 % 200;
        Arrays.sort(stable, Comparator.comparing(x -> x % 5));
        System.out.println(Arrays.toString(Arrays.copyOf(stable, 12)));
        List<Integer> big = Arrays.asList(o);
        try {
            Arrays.sort(o, (x, y) -> 1);
            System.out.println("no complaint");
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
    }
}
