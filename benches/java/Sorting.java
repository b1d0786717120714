import java.util.Arrays;
import java.util.Comparator;

/** Sorting of ints by hand and of objects with a comparator by the class library. */
public class Sorting {
    static void quick(int[] a, int lo, int hi) {
        while (lo < hi) {
            int pivot = a[(lo + hi) >>> 1], i = lo, j = hi;
            while (i <= j) {
                while (a[i] < pivot) {
                    i++;
                }
                while (a[j] > pivot) {
                    j--;
                }
                if (i <= j) {
                    int t = a[i];
                    a[i++] = a[j];
                    a[j--] = t;
                }
            }
            if (j - lo < hi - i) {
                quick(a, lo, j);
                lo = i;
            } else {
                quick(a, i, hi);
                hi = j;
            }
        }
    }

    public static void main(String[] args) {
        int n = Integer.parseInt(args[0]);
        int[] ints = new int[n];
        String[] names = new String[n / 8];
        int seed = 42;
        for (int i = 0; i < n; i++) {
            seed = seed * 1103515245 + 12345;
            ints[i] = seed;
        }
        for (int i = 0; i < names.length; i++) {
            names[i] = Integer.toString(ints[i], 36);
        }
        quick(ints, 0, n - 1);
        Arrays.sort(names, Comparator.comparing(String::length).thenComparing(Comparator.naturalOrder()));
        System.out.println(ints[n / 2] + " " + names[names.length / 2]);
    }
}
