import java.io.*;
import java.util.*;

/** Object graphs with cycles and sharing, transient and static fields, inheritance from unserializable classes. */
public class SerialGraph {
    static class Node implements Serializable {
        int id;
        Node next;
        List<Node> kids = new ArrayList<>();
        transient int t = 5;
        static int st = 9;
        Node(int id) { this.id = id; }
    }
    static class Plain {
        int p;
        Plain() { p = 77; }
    }
    static class Ext extends Plain implements Serializable {
        int e = 3;
        long l = 1L << 40;
        double d = 2.5;
        float f = 1.5f;
        boolean z = true;
        byte b = -1;
        short s = -2;
        char c = 'q';
        int[] ia = {1, 2};
        String[][] sa = {{"a"}, null, {}};
        Object o;
        Ext() { p = 1; }
    }
    enum E {
        A,
        B {}
    }
    record R(int x, List<String> l) implements Serializable {
        R {
            if (x < 0) throw new IllegalArgumentException("negative");
        }
    }
    static class Bad implements Serializable {
        Object o = new Object();
    }
    static class NoCtor {
        NoCtor(int x) {}
    }
    static class Sub extends NoCtor implements Serializable {
        Sub() { super(1); }
    }
    static byte[] ser(Object o) throws IOException {
        ByteArrayOutputStream b = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(b)) {
            out.writeObject(o);
        }
        return b.toByteArray();
    }
    static Object de(byte[] b) throws Exception {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(b))) {
            return in.readObject();
        }
    }
    @SuppressWarnings("unchecked")
    static <T> T copy(T t) throws Exception {
        return (T) de(ser(t));
    }
    public static void main(String[] args) throws Exception {
        Node a = new Node(1), b = new Node(2);
        a.next = b;
        b.next = a;
        a.kids.add(b);
        a.kids.add(b);
        a.kids.add(a);
        Node c = copy(a);
        System.out.println(c.id + " " + c.next.id + " " + (c.next.next == c) + " " + (c.kids.get(0) == c.kids.get(1))
            + " " + (c.kids.get(2) == c) + " " + c.t + " " + (c != a));
        Ext e = new Ext();
        e.o = new Object[] {e, "s", 5, 'c', null, E.B, new R(4, List.of("x"))};
        Ext f = copy(e);
        Object[] fo = (Object[]) f.o;
        System.out.println(f.p + " " + f.e + f.l + f.d + f.f + f.z + f.b + f.s + f.c + Arrays.toString(f.ia)
            + Arrays.deepToString(f.sa) + (fo[0] == f) + fo[1] + fo[2] + fo[3] + fo[4] + (fo[5] == E.B) + fo[6]);
        System.out.println(copy(new TreeMap<>(Map.of("k", List.of(1, 2)))) + " " + copy(new HashMap<>(Map.of(1, "x")))
            + copy(new ArrayDeque<>(List.of(1, 2))) + copy(EnumSet.of(E.A)) + copy(new BitSet()) + copy(Optional.class)
            + copy(new java.math.BigInteger("12345678901234567890")) + copy(java.time.LocalDate.of(2020, 1, 2))
            + copy(new StringBuilder("sb")) + copy(Locale.US) + copy(new int[][] {{1}, {2, 3}})[1][1]
            + copy(new LinkedHashSet<>(List.of(3, 1))) + copy(UUID.nameUUIDFromBytes(new byte[] {1}))
            + copy(Collections.unmodifiableList(new ArrayList<>(List.of(1)))) + copy(new PriorityQueue<>(List.of(2, 1)))
            + copy(new Date(0)).getTime()
            + copy((Comparator<String> & Serializable) (x, y) -> y.compareTo(x)).compare("a", "b"));
        for (Object bad : new Object[] {new Bad(), new Object(), new Sub()}) try {
                copy(bad);
                System.out.println("?");
            } catch (NotSerializableException | InvalidClassException x) {
                System.out.println(x.getClass().getSimpleName() + " " + x.getMessage());
            }
        byte[] bytes = ser(new R(5, null));
        int i = 0;
        for (int k = 0; k < bytes.length - 3; k++)
            if (bytes[k] == 0 && bytes[k + 1] == 0 && bytes[k + 2] == 0 && bytes[k + 3] == 5) i = k;
        bytes[i] = -1;
        try {
            de(bytes);
        } catch (InvalidObjectException x) { System.out.println(x.getMessage() + " " + x.getCause()); }
        byte[] g = ser("text");
        g[0] = 0;
        try {
            de(g);
        } catch (StreamCorruptedException x) { System.out.println(x.getMessage()); }
        try {
            de(Arrays.copyOf(ser(new Ext()), 60));
        } catch (EOFException x) { System.out.println("EOF"); }
        System.out.println(ser("abc").length + " " + ser(new int[10]).length + " " + Arrays.hashCode(ser(new Node(3)))
            + " " + Arrays.hashCode(ser(E.A)));
        StringBuilder big = new StringBuilder();
        for (int k = 0; k < 70000; k++) big.append((char) ('a' + k % 26));
        System.out.println(copy(big.toString()).hashCode());
        Node chain = null;
        for (int k = 0; k < 300; k++) {
            Node n = new Node(k);
            n.next = chain;
            chain = n;
        }
        int len = 0;
        for (Node n = copy(chain); n != null; n = n.next) len++;
        System.out.println(len);
        ByteArrayOutputStream bo = new ByteArrayOutputStream();
        ObjectOutputStream oo = new ObjectOutputStream(bo);
        int[] m = {1};
        oo.writeObject(m);
        m[0] = 2;
        oo.writeObject(m);
        oo.reset();
        oo.writeObject(m);
        oo.writeUnshared(m);
        oo.writeInt(7);
        oo.writeUTF("u");
        oo.writeDouble(1.5);
        oo.flush();
        ObjectInputStream oi = new ObjectInputStream(new ByteArrayInputStream(bo.toByteArray()));
        System.out.println(((int[]) oi.readObject())[0] + "" + ((int[]) oi.readObject())[0]
            + ((int[]) oi.readObject())[0] + ((int[]) oi.readObject())[0] + oi.readInt() + oi.readUTF()
            + oi.readDouble() + oi.available());
        try {
            oi.readObject();
        } catch (EOFException x) { System.out.println("EOF"); }
    }
}
