/** Narrowing and widening chains, char arithmetic, constants, compound conversions, boxing caches. */
public class Conversions {
    static final long[] L = {0, -1, 127, 128, -128, -129, 255, 256, 32767, 32768, 65535, 65536, 0x80000000L,
        0x123456789abcdefL, Long.MIN_VALUE};
    static final double[] D = {0, -0.9, 0.9, 127.5, -128.9, 300, 65536.5, 2147483647.5, -2147483649.0, 9.2e18, -9.3e18,
        1e40, Double.NaN, Double.NEGATIVE_INFINITY};
    static byte b;
    static short s;
    static char c;
    static int i;
    static float f;
    static boolean z;
    byte fb;
    short fs;
    char fc;
    boolean fz;
    static byte rb(int x) { return (byte) x; }
    static short rs(int x) { return (short) x; }
    static char rc(int x) { return (char) x; }
    static boolean rz(int x) { return x != 0; }
    public static void main(String[] args) {
        for (long l : L)
            System.out.print((byte) l + " " + (short) l + " " + (int) (char) l + " " + (int) l + " " + (byte) (char) l
                + " " + (int) (char) (byte) l + " " + (float) l + " " + (double) l + "; ");
        System.out.println();
        for (double d : D)
            System.out.print((byte) d + " " + (short) d + " " + (int) (char) d + " " + (int) d + " " + (long) d + " "
                + (float) d + " " + (int) (float) d + " " + (long) (float) d + "; ");
        System.out.println();
        byte[] ba = new byte[1];
        short[] sa = new short[1];
        char[] ca = new char[1];
        boolean[] za = new boolean[1];
        Conversions o = new Conversions();
        for (long l : L) {
            int x = (int) l;
            b = (byte) x;
            s = (short) x;
            c = (char) x;
            ba[0] = (byte) x;
            sa[0] = (short) x;
            ca[0] = (char) x;
            o.fb = (byte) x;
            o.fs = (short) x;
            o.fc = (char) x;
            za[0] = (x & 1) == 1;
            o.fz = za[0];
            System.out.print((b == ba[0] && b == o.fb && b == rb(x)) + " " + (s == sa[0] && s == o.fs && s == rs(x))
                + " " + (c == ca[0] && c == o.fc && c == rc(x)) + " " + o.fz + " " + b + " " + s + " " + (int) c
                + "; ");
        }
        System.out.println();
        c = 'z';
        c++;
        c += 2;
        c -= 'a' - 'A';
        System.out.println(c + " " + (c + 1) + " " + (char) (c + 1) + " " + c-- + " " + --c);
        b = 127;
        b++;
        System.out.print(b + " ");
        b >>= 1;
        System.out.print(b + " ");
        b >>>= 1;
        System.out.print(b + " ");
        b ^= 0xff;
        System.out.print(b + " ");
        s = -1;
        s >>>= 10;
        System.out.print(s + " ");
        s /= 3;
        System.out.println(s);
        i = 'a' * 2;
        f = 7;
        f /= 2;
        f %= 1.25f;
        System.out.println(i + " " + f);
        i = 5;
        i *= 1.5;
        i -= 0.1;
        System.out.println(i);
        long ll = 10;
        ll *= 1e18;
        System.out.println(ll);
        ll = 3;
        ll <<= 62L;
        System.out.println(ll);
        Integer a1 = 100, a2 = 100, a3 = 1000, a4 = 1000;
        Long l1 = 127L, l2 = 127L, l3 = 128L, l4 = 128L;
        Character c1 = 'a', c2 = 'a', c3 = '\u0100', c4 = '\u0100';
        Boolean t1 = true, t2 = true;
        Byte b1 = -128, b2 = -128;
        Short s1 = -129, s2 = -129;
        System.out.println((a1 == a2) + " " + (a3 == a4) + " " + (l1 == l2) + " " + (l3 == l4) + " " + (c1 == c2) + " "
            + (c3 == c4) + " " + (t1 == t2) + " " + (b1 == b2) + " " + (s1 == s2) + " " + a3.equals(a4) + " "
            + l1.equals(127) + " " + new Object[] {1, 2L}[1].equals(2L));
        Object[] os = {1, 2L, 3f, 4d, 'c', (byte) 5, (short) 6, true};
        for (Object x : os) System.out.print(x.getClass().getSimpleName() + x.hashCode() + " ");
        System.out.println();
        Number n = 300.7;
        System.out.println(
            n.intValue() + " " + n.byteValue() + " " + n.shortValue() + " " + n.longValue() + " " + n.floatValue());
        System.out.println((int) 'é' + " " + (char) 8364 + " " + (short) '\uffff' + " " + (byte) '\u00ff' + " "
            + Character.getNumericValue('Z') + " " + Character.digit('f', 16) + " " + Character.forDigit(11, 16));
        System.out.println(Integer.MAX_VALUE + 1 + " " + (Integer.MAX_VALUE + 1L) + " " + (long) Integer.MAX_VALUE * 2
            + " " + 0x7fff_ffff + " " + 0b1010 + " " + 017 + " " + 1__0 + " " + 0xFFFFFFFFL + " " + 0x1.8p3 + " "
            + 1e-3f);
    }
}
