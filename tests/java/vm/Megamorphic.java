import java.util.*;

/** Interface dispatch through classes with many interfaces, default methods and generated receivers. */
public class Megamorphic {
    interface A {
        int a(int x);
    }
    interface B {
        int b(int x);
        default int bd(int x) { return b(x) + 1; }
    }
    interface C {
        int c(int x);
    }
    interface D extends A, B {
        int d(int x);
    }
    interface E {
        default int e() { return hashCode0(); }
        int hashCode0();
    }
    static class K1 implements A, B, C {
        public int a(int x) { return x + 1; }
        public int b(int x) { return x + 2; }
        public int c(int x) { return x + 3; }
    }
    static class K2 implements C, B, A {
        public int a(int x) { return x * 2; }
        public int b(int x) { return x * 3; }
        public int c(int x) { return x * 5; }
        public int bd(int x) { return 7; }
    }
    static class K3 extends K1 implements D, E {
        public int d(int x) { return a(x) + b(x); }
        public int hashCode0() { return 33; }
    }
    static class K4 extends K3 {
        @Override
        public int a(int x) {
            return -x;
        }
    }
    static abstract class K5 implements A, D {
        public int b(int x) { return x ^ 1; }
    }
    static class K6 extends K5 implements C {
        public int a(int x) { return x & 0xff; }
        public int c(int x) { return x | 1; }
        public int d(int x) { return x >> 1; }
    }
    enum Op implements A {
        P {
            public int a(int x) { return x + 10; }
        },
        M {
            public int a(int x) { return x - 10; }
        }
    }
    record R(int k) implements A, C {
        public int a(int x) { return x + k; }
        public int c(int x) { return x - k; }
    }
    public static void main(String[] args) {
        A[] as = {new K1(), new K2(), new K3(), new K4(), new K6(), Op.P, Op.M, new R(4),
            x -> x ^ 0x33, new A(){public int a(int x){return ~x;
    }
}
}
;
B[] bs = {new K1(), new K2(), new K3(), new K4(), new K6(), x -> x - 1};
C[] cs = {new K1(), new K2(), new K3(), new K4(), new K6(), new R(9), x -> 100 - x};
D[] ds = {new K3(), new K4(), new K6()};
int h = 0;
for (int i = 0; i < 10000; i++) {
    h = h * 31 + as[i % as.length].a(h & 0xffff) + bs[i % bs.length].bd(i) + cs[i % cs.length].c(i)
        + ds[i % ds.length].d(i) + ds[(i + 1) % 3].b(h & 7);
}
System.out.println(h + " " + new K4().e());
Object[] os = new Object[30];
for (int i = 0; i < 30; i++)
    os[i] = switch (i % 10) {
        case 0 -> i;
        case 1 -> "s" + i;
        case 2 -> (long) i;
        case 3 -> List.of(i);
        case 4 -> Map.of(i, i);
        case 5 -> new int[0].length + 0.5;
        case 6 -> (char) ('a' + i);
        case 7 -> Set.of(i);
        case 8 -> Optional.of(i);
        default -> i % 2 == 0;
    };
long s = 0;
for (int i = 0; i < 20000; i++) {
    Object o = os[i % 30];
    s = s * 7 + o.hashCode() + o.toString().length() + (o.equals(os[(i + 10) % 30]) ? 1 : 0);
}
System.out.println(s);
Collection<Integer>[] cols = new Collection[] {new ArrayList<>(), new LinkedList<>(), new HashSet<>(), new TreeSet<>(),
    new ArrayDeque<>(), new Vector<>(), new PriorityQueue<>(), new LinkedHashSet<>()};
for (int i = 0; i < 4000; i++) cols[i % 8].add(i % 100);
int t = 0;
for (Collection<Integer> c : cols) {
    for (int x : c) t += x;
    t = t * 3 + c.size();
}
System.out.println(t);
}
}
