// jvm: -Xmx32m
// slow
import java.util.*;

/** OutOfMemoryError of each kind is caught and the program lives on. */
public class OutOfMemory {
    static Object sink;
    static String text(Runnable r) {
        try {
            r.run();
            return "no error";
        } catch (OutOfMemoryError e) { return e.getMessage(); }
    }
    static class Node {
        Node next;
        byte[] load = new byte[1000];
        Node(Node n) { next = n; }
    }
    public static void main(String[] args) throws Exception {
        System.out.println(text(() -> sink = new int[Integer.MAX_VALUE]));
        System.out.println(text(() -> sink = new Object[Integer.MAX_VALUE]));
        System.out.println(text(() -> sink = new long[100_000_000]));
        System.out.println(text(() -> sink = new byte[70_000_000]));
        System.out.println(text(() -> sink = new int[30000][30000]));
        for (int round = 0; round < 3; round++) {
            System.out.println(text(() -> {
                List<byte[]> l = new ArrayList<>();
                while (true) l.add(new byte[1 << 20]);
            }));
            sink = null;
        }
        System.out.println(text(() -> {
            Node n = null;
            while (true) n = new Node(n);
        }));
        int[] many = new int[1];
        System.out.println(text(() -> {
            Map<Integer, String> m = new HashMap<>();
            while (true) { m.put(many[0]++, "some text " + many[0]); }
        }));
        System.out.println(many[0] > 10000);
        byte[] ok = new byte[10_000_000];
        ok[9_999_999] = 7;
        System.out.println(ok[9_999_999]);
        ok = null;
        Thread t = new Thread(() -> {
            List<int[]> l = new ArrayList<>();
            while (true) l.add(new int[100_000]);
        });
        t.setUncaughtExceptionHandler((th, e) -> System.out.println("thread ended with " + e.getClass().getName()));
        t.start();
        t.join();
        System.out.println(text(() -> sink = String.join("", Collections.nCopies(40_000_000, "ab"))));
        System.out.println(text(() -> {
            StringBuilder b = new StringBuilder("x");
            while (true) b.append(b);
        }) != null);
        System.out.println("alive "
            + "still".repeat(2));
    }
}
