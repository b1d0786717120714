import java.util.*;

/** The string table under load: identity of interned strings across classes, loaders and collections. */
public class Interning {
    static final String CONST = "constant-text";
    static class Other {
        static final String CONST = "constant"
            + "-text";
        static String late() { return "constant-text"; }
    }
    public static void main(String[] args) {
        System.out.println((CONST == Other.CONST) + " " + (CONST == Other.late()) + " " + (CONST == "constant-text"));
        String[] kept = new String[500];
        for (int i = 0; i < kept.length; i++) kept[i] = ("interned#" + i).intern();
        for (int r = 0; r < 3; r++) {
            for (int i = 0; i < 20000; i++) new StringBuilder("garbage").append(r).append(i).toString().intern();
            System.gc();
        }
        int same = 0;
        for (int i = 0; i < kept.length; i++)
            if (kept[i] == ("interned#" + i).intern()) same++;
        System.out.println(same);
        System.out.println(("interned#" + 7).intern() == kept[7]);
        System.out.println(new String(new char[] {'a', 'b'}).intern() == "ab");
        System.out.println("\u4e2d".intern() == "\u4e2d");
        System.out.println("".intern() == new String().intern());
        System.out.println(Interning.class.getName() == Interning.class.getName());
        System.out.println("java.lang.String" == String.class.getName().intern());
        Set<String> ids = Collections.newSetFromMap(new IdentityHashMap<>());
        for (String s : "a b a c b a".split(" ")) ids.add(s.intern());
        System.out.println(ids.size());
    }
}
