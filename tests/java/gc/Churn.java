import java.util.*;

/** Short-lived garbage of many sizes while a changing set of live objects keeps its contents. */
public class Churn {
    static Object sink;
    static class Rec {
        final int id;
        final byte[] pad;
        Rec left;
        Object ref;
        Rec(int id, int n) {
            this.id = id;
            pad = new byte[n];
            for (int i = 0; i < n; i += 16) pad[i] = (byte) (id + i);
        }
        boolean ok() {
            for (int i = 0; i < pad.length; i += 16)
                if (pad[i] != (byte) (id + i)) return false;
            return true;
        }
    }
    public static void main(String[] args) {
        Rec[] live = new Rec[500];
        Random r = new Random(3);
        long sum = 0;
        for (int i = 0; i < 60000; i++) {
            Rec n = new Rec(i, r.nextInt(200));
            int k = r.nextInt(live.length);
            n.left = live[k] != null && r.nextInt(4) != 0 ? null : live[r.nextInt(live.length)];
            if (n.left != null) n.left.left = null;
            live[k] = n;
            sink = new int[r.nextInt(50)];
            if (i % 997 == 0) sink = new long[10000];
            sum += n.pad.length;
        }
        int bad = 0, ids = 0;
        for (Rec x : live)
            if (x != null) {
                if (!x.ok()) bad++;
                if (x.left != null && !x.left.ok()) bad++;
                ids ^= x.id;
            }
        System.out.println(sum + " " + bad + " " + ids);
        StringBuilder sb = new StringBuilder();
        List<String> kept = new ArrayList<>();
        for (int i = 0; i < 20000; i++) {
            String s = "item " + i;
            if (i % 50 == 0) kept.add(s);
            sb.setLength(0);
            sb.append(s).reverse();
            sink = sb.toString();
        }
        System.out.println(kept.size() + " " + kept.get(399) + " " + String.join("", kept).hashCode());
        System.gc();
        System.out.println(kept.get(7) + " " + live[5].ok());
    }
}
