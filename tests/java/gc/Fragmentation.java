import java.util.*;

/** Holes of many sizes between live objects, filled again and again; contents checked each round. */
public class Fragmentation {
    public static void main(String[] args) {
        byte[][] slots = new byte[4000][];
        Random r = new Random(11);
        for (int i = 0; i < slots.length; i++) slots[i] = fill(i, 20 + r.nextInt(300));
        int bad = 0;
        for (int round = 0; round < 12; round++) {
            for (int i = round % 3; i < slots.length; i += 3) slots[i] = null;
            if (round % 4 == 3) System.gc();
            for (int i = round % 3; i < slots.length; i += 3)
                slots[i] = fill(i, 20 + r.nextInt(round % 2 == 0 ? 100 : 600));
            for (int i = 0; i < slots.length; i++)
                if (slots[i] != null && !check(slots[i], i)) bad++;
            byte[] big = new byte[200_000];
            big[round] = 1;
        }
        System.out.println(bad);
        List<Object[]> pages = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Object[] p = new Object[100];
            for (int k = 0; k < p.length; k++) p[k] = k % 7 == 0 ? new int[] {i, k} : k % 5 == 0 ? "p" + i + k : null;
            pages.add(p);
            if (i % 3 == 0) Arrays.fill(pages.get(i / 2), 50, 100, null);
        }
        long h = 0;
        for (Object[] p : pages)
            for (Object o : p) h = h * 31 + (o == null ? 1 : o instanceof int[] a ? a[0] * 100 + a[1] : o.hashCode());
        System.out.println(h);
    }
    static byte[] fill(int i, int n) {
        byte[] b = new byte[n];
        Arrays.fill(b, (byte) i);
        return b;
    }
    static boolean check(byte[] b, int i) {
        return b[0] == (byte) i && b[b.length / 2] == (byte) i && b[b.length - 1] == (byte) i;
    }
}
