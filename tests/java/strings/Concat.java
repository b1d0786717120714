/** String concatenation through invokedynamic with every type of operand, and many of them. */
public class Concat {
    static int n;
    static String side(String s) {
        n++;
        return s + n;
    }
    static class T {
        @Override
        public String toString() {
            return null;
        }
    }
    public static void main(String[] args) {
        boolean z = true;
        byte b = -5;
        short s = 300;
        char c = 'é';
        int i = Integer.MIN_VALUE;
        long l = Long.MAX_VALUE;
        float f = 1.5f;
        double d = -0.0;
        String str = "s";
        Object o = null;
        char wide = '\u4e2d';
        int[] arr = null;
        System.out.println("" + z + b + s + c + i + l + f + d + str + o + wide + arr);
        System.out.println(
            z + " " + b + " " + s + " " + c + " " + i + " " + l + " " + f + " " + d + " " + str + " " + o + " " + wide);
        System.out.println(side("a") + side("b") + side("c") + n);
        System.out.println("" + new T() + (String) null + (Object) null + 'x' + 1 + 2L + '\n' + "\u0001\u0002" + i);
        String r = "";
        for (int k = 0; k < 20; k++) r += k + (k % 2 == 0 ? "," : ";");
        System.out.println(r);
        r = "x";
        r += r += "y";
        System.out.println(r);
        String nul = null;
        nul += nul;
        System.out.println(nul);
        System.out.println("p" + 0 + 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + i + l + c + z + f + d + b + s + str + o + i + l
            + c + z + f + d + b + s + str + o + i + l + c + z + f + d + b + s + str + o + i + l + c + z + f + d + b + s
            + str + o + i + l + c + z + f + d + b + s + str + o + i + l + c + z + f + d + b + s + str + o + i + l + c
            + z + f + d + b + s + str + o + i + l + c + z + f + d + b + s + str + o + i + l + c + z + f + d + b + s
            + str + o + i + l + c + z + f + d + b + s + str + o + i + l + c + z + f + d + b + s + str + o + i + l + c
            + z + f + d + b + s + str + o + i + l + c + z + f + d + b + s + str + o + i + l + c + z + f + d + b + s
            + str + o + i + l + c + z + f + d + b + s + str + o + i + l + c + z + f + d + b + s + str + o + i + l + c
            + z + f + d + b + s + str + o + i + l + c + z + f + d + b + s + str + o + i + l + c + z + f + d + b + s
            + str + o + i + l + c + z + f + d + b + s + str + o);
        final String k1 = "a", k2 = "b";
        System.out.println((k1 + k2 == "ab") + " " + (k1 + str == "as") + " " + ((k1 + str).intern() == "as") + " "
            + ("a" + 1 + 'c' + 2.0 + true == "a1c2.0true"));
        try {
            System.out.println("x" + new Object() {
                public String toString() { throw new IllegalStateException("ts"); }
            });
        } catch (IllegalStateException e) { System.out.println(e.getMessage()); }
        System.out.println(
            "a" + 'b' + ('c' + 1) + (char) ('c' + 1) + -1 + - -1 + ~1 + (1 > 0) + 1.0f / 3 + 1e100 + 100L);
        StringBuilder sb = new StringBuilder();
        for (int k = 0; k < 300; k++) sb.append("[" + k + "|" + (long) k * k + "|" + (char) ('a' + k % 26) + "]");
        System.out.println(sb.length() + " " + sb.toString().hashCode());
        System.out.println(c + wide + "" + c + wide + "latin1" + wide);
    }
}
