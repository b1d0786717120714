/** Texts of NullPointerExceptions: what was attempted, and which expression was null. */
public class HelpfulNpe {
    static class Node {
        Node next;
        int val;
        long lval;
        double dval;
        boolean flag;
        byte by;
        char ch;
        short sh;
        float fl;
        String name;
        int[] ints;
        Node[] nodes;
        int[][] grid;
        Node getNext() { return next; }
        static Node make() { return null; }
        String text(int a, String b) { return b; }
        void nothing() {}
        int[] array() { return ints; }
    }
    static Node sNode;
    static int[] sInts;
    static Object[][] sGrid;
    Node mine;
    interface Shape {
        int area();
    }
    interface R {
        void run() throws Throwable;
    }
    static void t(R r) {
        try {
            r.run();
            System.out.println("no exception");
        } catch (NullPointerException e) { System.out.println(e.getMessage()); } catch (Throwable e) {
            System.out.println(e);
        }
    }
    static void params(Node p, int i, int[][] g, String s, Shape sh) {
        t(() -> {});
        try {
            p.val = 3;
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            System.out.println(p.lval);
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            g[i][1] = 4;
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            s.length();
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            sh.area();
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            System.out.println(p.next.next);
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
    }
    void instance() {
        try {
            mine.val++;
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            this.mine.next.val = 1;
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            mine.nothing();
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
    }
    static Node chain() {
        Node n = new Node();
        n.nodes = new Node[3];
        n.grid = new int[2][];
        return n;
    }
    static int idx() { return 1; }
    public static void main(String[] args) {
        params(null, 0, new int[1][], null, null);
        new HelpfulNpe().instance();
        Node n = chain();
        int i = 2, k = 1;
        long l = 0;
        String str = null;
        int[] ia = null;
        byte[] ba = null;
        boolean[] za = null;
        char[] ca = null;
        short[] sa = null;
        long[] la = null;
        float[] fa = null;
        double[] da = null;
        Object[] oa = null;
        Object lock = null;
        Throwable th = null;
        Integer boxed = null;
        Boolean bz = null;
        Node[][] nn = new Node[2][2];
        try {
            n.next.val = 1;
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            n.getNext().val = 1;
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            n.getNext().getNext();
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            Node.make().text(1, "x");
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            n.nodes[i].name.length();
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            n.nodes[idx()].name = "x";
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            n.nodes[k + 1].flag = true;
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            n.nodes[i - k].by = 1;
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            n.grid[1][0]++;
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            n.array()[3] = 3;
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            sNode.dval = 3;
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            System.out.println(sInts[4]);
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            System.out.println(sGrid[1][2]);
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            System.out.println(ia[0]);
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            System.out.println(ba[0]);
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            za[0] = true;
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            ca[0] = 'x';
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            sa[0] = 1;
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            la[0] = 1;
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            fa[0] = 1;
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            da[0] = 1;
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            oa[0] = 1;
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            System.out.println(la[0] + da[0]);
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            System.out.println(ca[0]);
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            System.out.println(sa[0]);
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            System.out.println(fa[0]);
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            System.out.println(oa[0]);
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            System.out.println(oa.length);
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            synchronized (lock) { k++; }
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            throw (RuntimeException) th;
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            k = boxed;
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            if (bz) k++;
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            nn[k][0].name.trim();
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            nn[(int) l][i / 2].sh = 3;
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            ((String) (Object) str).trim();
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            (k > 5 ? n : null).val = 3;
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            switch (str) {
                case "a": k = 1;
            }
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            for (String s : (java.util.List<String>) null) k++;
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            ((Object) null).getClass();
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            throw new NullPointerException();
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            throw new NullPointerException("explicit");
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            java.util.Objects.requireNonNull(null, "required");
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            java.util.Objects.requireNonNull(str);
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try {
            "x".compareTo(null);
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        NullPointerException made = new NullPointerException();
        made.fillInStackTrace();
        System.out.println(made.getMessage());
    }
}
