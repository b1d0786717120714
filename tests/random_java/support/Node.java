package support;

/** What all objects of generated programs have. */
public class Node {
    public int i;
    public volatile int v;
    public long l;
    public volatile long w;
    public float f;
    public double d;
    public byte b;
    public short h;
    public char c;
    public boolean z;
    public String t = "t";
    public Object o = this;
    public int[] a = new int[8];

    public Node(int x) {
        i = x;
        l = x * 3L;
        d = x;
        f = x / 2;
        c = (char) (x + 'a');
    }

    public int mix(int x, int y) {
        return x * 31 + y + i;
    }

    @Override
    public int hashCode() {
        return i * 7;
    }

    @Override
    public String toString() {
        return "A" + i;
    }
}
