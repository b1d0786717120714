/** Text blocks, ternaries with their typing rules, compound assignment conversions. */
public class TextAndTernary {
    static int calls;
    static int[] next(int[] a) {
        calls++;
        return a;
    }

    public static void main(String[] args) {
        String block = """
            Hello,
              "World" \
            joined
            tab\there  \s
            trailing   
            quote \""" end
            \u00e9\n
            """;
        System.out.print(block.replace(' ', '.'));
        System.out.println("""
            a
           b
          c""");
        System.out.println("".equals("""
            """));
        Object o1 = true ? 1 : 2.0;
        Object o2 = true ? (Object) 1 : 2.0;
        Object o3 = false ? 'a' : 98;
        Object o4 = true ? null : 0;
        System.out.println(o1 + " " + o2 + " " + o3 + " " + o4);
        int i = 5;
        System.out.println(true ? 'x' : i);
        System.out.println(false ? 1L : 'a');
        Integer n = null;
        try {
            int r = i > 3 ? n : 0;
            System.out.println(r);
        } catch (NullPointerException e) { System.out.println("NPE unboxing"); }
        char c = 'a';
        c += 1.7;
        System.out.println(c);
        byte b = 10;
        b *= 30;
        System.out.println(b);
        short s = 1;
        s <<= 15;
        System.out.println(s);
        int x = 7;
        x /= 2.5;
        System.out.println(x);
        int y = Integer.MAX_VALUE;
        y += 1f;
        System.out.println(y);
        long l = 5;
        l -= 0.5;
        System.out.println(l);
        int z = 10;
        z += z++ + ++z;
        System.out.println(z);
        int q = 3;
        q = q++ * 2 + q;
        System.out.println(q);
        int[] arr = {1, 2, 3};
        next(arr)[1] += 5;
        next(arr)[2]++;
        System.out.println(arr[1] + " " + arr[2] + " " + calls);
        int k = 0;
        arr[k] = k = 2;
        System.out.println(arr[0] + " " + k);
        k = 1;
        arr[k++] <<= k;
        System.out.println(arr[1] + " " + k);
        String str = "a";
        str += 1 + 2;
        str += 'c';
        str += null;
        str += 1.0f;
        System.out.println(str);
        System.out.println(1 + 2 + "3" + 4 + 5);
        System.out.println('a' + 'b' + "" + 'a' + 'b');
        Integer boxed = 127, other = 127, big1 = 128, big2 = 128;
        System.out.println((boxed == other) + " " + (big1 == big2) + " " + big1.equals(big2) + " " + (big1 == 128));
        boxed++;
        System.out.println(boxed);
        boxed += 3;
        System.out.println(boxed);
        boolean p = true;
        p &= false;
        p |= true;
        p ^= true;
        System.out.println(p);
        System.out.println(i > 3 ? i < 10 ? "mid" : "high" : "low");
        final int fi = 10;
        byte fb = fi;
        System.out.println(fb);
        long shift = 1 << 33;
        long shift2 = 1L << 33;
        System.out.println(shift + " " + shift2);
        System.out.println((byte) 200 + " " + (char) 65 + " " + (int) 'z' + " " + (short) 70000 + " " + (int) 3.99e10
            + " " + (long) Float.NaN);
    }
}
