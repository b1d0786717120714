import java.util.*;

/** identityHashCode stays while objects move; hashes of moved keys keep maps working. */
public class Identity {
    public static void main(String[] args) {
        Object[] os = new Object[3000];
        int[] h = new int[os.length];
        for (int i = 0; i < os.length; i++) {
            os[i] = i % 3 == 0 ? new Object() : i % 3 == 1 ? new int[i % 10] : new StringBuilder("x" + i);
            if (i % 2 == 0) h[i] = System.identityHashCode(os[i]);
        }
        IdentityHashMap<Object, Integer> m = new IdentityHashMap<>();
        for (int i = 0; i < os.length; i += 3) m.put(os[i], i);
        HashSet<Object> plain = new HashSet<>();
        for (int i = 0; i < os.length; i += 3) plain.add(os[i]);
        int bad = 0;
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 20000; i++) {
                Object junk = new Object[i % 20];
                if (i % 500 == 0) synchronized (os[i % os.length]) {
                        junk = os[i % os.length].hashCode();
                    }
            }
            System.gc();
            for (int i = 0; i < os.length; i++) {
                int n = System.identityHashCode(os[i]);
                if (i % 2 == 0 || round > 0) {
                    if (n != h[i]) bad++;
                } else
                    h[i] = n;
            }
            for (int i = 0; i < os.length; i += 3) {
                Integer k = m.get(os[i]);
                if (k == null || k != i || !plain.contains(os[i])) bad++;
            }
        }
        System.out.println(bad);
        Set<Integer> distinct = new HashSet<>();
        for (int x : h) distinct.add(x);
        System.out.println(distinct.size() > 2900);
        boolean neg = false;
        for (int x : h) neg |= x < 0 || x == 0;
        System.out.println(neg);
        System.out.println(System.identityHashCode(os[0]) == os[0].hashCode());
        Object c = new int[] {1};
        int hc = c.hashCode();
        Object d = ((int[]) c).clone();
        System.out.println(hc == c.hashCode() && d != c);
        String s = new String("str");
        System.out.println(
            System.identityHashCode(s) == System.identityHashCode(s) && s.hashCode() == "str".hashCode());
    }
}
