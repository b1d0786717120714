// jvm: -Xmx48m
// slow
import java.lang.ref.*;
import java.util.*;

/** Soft references are cleared before an OutOfMemoryError. */
public class SoftUnderPressure {
    public static void main(String[] args) {
        List<SoftReference<byte[]>> soft = new ArrayList<>();
        for (int i = 0; i < 20; i++) soft.add(new SoftReference<>(new byte[1 << 20]));
        List<byte[]> hold = new ArrayList<>();
        try {
            while (true) hold.add(new byte[1 << 20]);
        } catch (OutOfMemoryError e) {
            int n = hold.size();
            hold = null;
            long left = soft.stream().filter(s -> s.get() != null).count();
            System.out.println((left == 0) + " " + (n > 20));
        }
        Map<Integer, SoftReference<int[]>> cache = new HashMap<>();
        int made = 0;
        for (int i = 0; i < 400; i++) {
            SoftReference<int[]> r = cache.get(i % 50);
            int[] a = r == null ? null : r.get();
            if (a == null) {
                a = new int[100_000];
                a[0] = i % 50;
                cache.put(i % 50, new SoftReference<>(a));
                made++;
            }
            if (a[0] != i % 50) System.out.println("wrong");
        }
        System.out.println(made >= 50);
    }
}
