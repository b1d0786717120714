// slow
/** A list of ten million links survives collection: marking must not recurse. */
public class LongList {
    static final class Link {
        final Link next;
        final int v;
        Link(Link n, int v) {
            next = n;
            this.v = v;
        }
    }
    public static void main(String[] args) {
        int n = args.length > 0 ? Integer.parseInt(args[0]) : 10_000_000;
        Link head = null;
        for (int i = 0; i < n; i++) head = new Link(head, i);
        System.gc();
        long sum = 0;
        int count = 0;
        for (Link l = head; l != null; l = l.next) {
            sum += l.v;
            count++;
        }
        System.out.println(count + " " + sum);
        Object[] nest = new Object[1];
        Object[] top = nest;
        for (int i = 0; i < 1_000_000; i++) {
            Object[] inner = new Object[1];
            nest[0] = inner;
            nest = inner;
        }
        System.gc();
        int depth = 0;
        for (Object o = top; o != null; o = ((Object[]) o)[0]) depth++;
        System.out.println(depth);
    }
}
