// jvm: -Xmx24m -Xms8m
// slow
import java.util.*;

/** A program that allocates many times its heap and keeps a third of it alive. */
public class SmallHeap {
    public static void main(String[] args) {
        ArrayDeque<byte[]> window = new ArrayDeque<>();
        long total = 0;
        Random r = new Random(5);
        for (int i = 0; i < 6000; i++) {
            byte[] b = new byte[1000 + r.nextInt(20000)];
            b[0] = (byte) i;
            b[b.length - 1] = (byte) (i >> 3);
            window.add(b);
            total += b.length;
            if (window.size() > 300) {
                byte[] x = window.poll();
                int k = i - 300;
                if (x[0] != (byte) k || x[x.length - 1] != (byte) (k >> 3)) System.out.println("bad " + i);
            }
        }
        System.out.println(total + " " + window.size());
        Map<Integer, int[]> m = new LinkedHashMap<>();
        for (int i = 0; i < 30000; i++) {
            m.put(i, new int[20]);
            if (m.size() > 5000) m.remove(m.keySet().iterator().next());
        }
        System.out.println(m.size() + " " + (Runtime.getRuntime().maxMemory() <= 25L << 20));
        StringBuilder b = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            b.setLength(0);
            for (int j = 0; j < 5000; j++) b.append(j);
        }
        System.out.println(b.length());
    }
}
