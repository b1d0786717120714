// interpreted: collections must take nearly all time, of which the compiler takes a part
// jvm: -Xmx10m -XX:+UseParallelGC
// slow
/** Nearly all memory is live, the rest is garbage at once: collections take nearly all time. */
public class OverheadLimit {
    static Object[] last;
    static Object sink;
    public static void main(String[] a) {
        String r = "no error";
        System.nanoTime();
        Object[] l = null;
        try {
            for (;;) {
                Object[] next = new Object[1];
                next[0] = l;
                l = next;
                last = l;
            }
        } catch (OutOfMemoryError e) {}
        for (int i = 0; i < 50; i++) last = (Object[]) last[0];
        l = null;
        long end = System.nanoTime() + 20_000_000_000L;
        try {
            while (System.nanoTime() < end) sink = new Object[1];
        } catch (OutOfMemoryError e) {
            last = null;
            r = e.toString();
        }
        System.out.println(r);
    }
}
