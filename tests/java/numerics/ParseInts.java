/** Parsing and printing of integers in every radix, unsigned forms, decode, and the messages of failures. */
public class ParseInts {
    interface R {
        Object run();
    }
    static void t(R r) {
        try {
            System.out.print(r.run() + " ");
        } catch (RuntimeException e) { System.out.print("[" + e.getMessage() + "] "); }
    }
    public static void main(String[] args) {
        for (int radix : new int[] {2, 3, 8, 10, 16, 31, 36}) {
            for (int v : new int[] {0, 1, -1, 255, Integer.MIN_VALUE, Integer.MAX_VALUE, 123456789}) {
                String s = Integer.toString(v, radix);
                t(() -> s + (Integer.parseInt(s, radix) == v));
            }
            for (long v : new long[] {Long.MIN_VALUE, Long.MAX_VALUE, -255, 1L << 45}) {
                String s = Long.toString(v, radix), u = Long.toUnsignedString(v, radix);
                t(() -> s + (Long.parseLong(s, radix) == v) + u + (Long.parseUnsignedLong(u, radix) == v));
            }
            System.out.println();
        }
        for (String s : new String[] {"", "-", "+", "+5", "-0", "2147483648", "-2147483648", "-2147483649", "12a", " 1",
                 "1 ", "0x10", "١٢", "99999999999", "1_000", "--1", "+-1"}) {
            t(() -> Integer.parseInt(s));
            t(() -> Long.parseLong(s));
            t(() -> Short.parseShort(s));
            t(() -> Byte.parseByte(s));
            t(() -> Integer.parseUnsignedInt(s));
            System.out.println();
        }
        for (String s : new String[] {"0x7fffffff", "0x80000000", "-0x80000000", "#10", "-#10", "0377", "-0", "0", "0x",
                 "", "9999999999", "+010", "0X1F", "08"}) {
            t(() -> Integer.decode(s));
            t(() -> Long.decode(s));
            t(() -> Short.decode(s));
            System.out.println();
        }
        t(() -> Integer.parseInt("1", 1));
        t(() -> Integer.parseInt("1", 37));
        t(() -> Integer.toString(10, 99));
        t(() -> Integer.parseInt("xx123yy", 2, 5, 10));
        t(() -> Long.parseLong("ffz", 0, 2, 16));
        t(() -> Integer.parseInt("abc", 2, 9, 10));
        t(() -> Integer.parseUnsignedInt("4294967296"));
        t(() -> Integer.parseUnsignedInt("-1"));
        t(() -> Boolean.parseBoolean("TrUe"));
        t(() -> Character.digit('٣', 10));
        t(() -> Integer.valueOf("77") == Integer.valueOf(77));
        t(() -> Integer.getInteger("no.such", 3));
        t(() -> Byte.toUnsignedInt((byte) -1));
        t(() -> Short.toUnsignedLong((short) -1));
        t(() -> Integer.compareUnsigned(-1, 1));
        t(() -> Long.remainderUnsigned(-1, 10));
        t(() -> Short.reverseBytes((short) 0x1234));
        t(() -> Character.reverseBytes('\u1234') + 0);
        System.out.println();
        int h = 0;
        for (int i = -5000; i < 5000; i++) {
            h = h * 31 + Integer.toString(i * 429497).hashCode();
            h += Integer.parseInt(Integer.toString(i * 429497));
        }
        System.out.println(h);
    }
}
