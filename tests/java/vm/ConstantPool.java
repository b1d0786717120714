/** Constants of every kind and size: ldc, ldc_w, ldc2_w, class and string constants, sharing and sign extension. */
public class ConstantPool {
    static final long[] LS = {0L, 1L, 2L, -1L, 127L, 128L, 32767L, 32768L, -32769L, 65535L, 1L << 31, 1L << 32,
        Long.MIN_VALUE, Long.MAX_VALUE};
    static final float[] FS = {
        0f, -0f, 1f, 2f, 3f, 1.5f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NaN, Float.NEGATIVE_INFINITY};
    static final double[] DS = {0, -0.0, 1, 2, 0.1, 1e300, Double.MIN_VALUE, Double.NaN, Double.POSITIVE_INFINITY};
    static final int[] IS = {-2, -1, 0, 1, 5, 6, 127, 128, -128, -129, 255, 32767, 32768, -32768, -32769, 65535, 65536,
        Integer.MIN_VALUE, Integer.MAX_VALUE, 0xcafebabe};
    static final char[] CS = {0, 'a', '\u00ff', '\u0100', '\uffff', '\ud800'};
    static final String[] SS = {
        "", "\0", "\u0000a\u0080\u07ff\u0800\uffff", "\ud83d\ude00", "\ud800 lone", "plain", "very long ".repeat(3)};
    static final String LONG = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    static int c0() { return 0x7f; }
    static int c1() { return 0x80; }
    static int c2() { return -0x8001; }
    static long big() { return 0x123456789abcdefL; }
    public static void main(String[] args) {
        for (long l : LS) System.out.print(l + " ");
        System.out.println();
        for (float f : FS) System.out.print(Integer.toHexString(Float.floatToRawIntBits(f)) + " ");
        System.out.println();
        for (double d : DS) System.out.print(Long.toHexString(Double.doubleToRawLongBits(d)) + " ");
        System.out.println();
        for (int i : IS) System.out.print(i + " ");
        System.out.println();
        for (char c : CS) System.out.print((int) c + " ");
        System.out.println();
        for (String s : SS) {
            System.out.print(s.length() + ":");
            for (int i = 0; i < s.length(); i++) System.out.print(Integer.toHexString(s.charAt(i)) + ",");
            System.out.print(" ");
        }
        System.out.println();
        System.out.println(LONG.length() + " " + LONG.hashCode() + " "
            + (LONG
                == "0123456789abcdef0123456789abcdef"
                    + "0123456789abcdef0123456789abcdef")
            + " " + c0() + c1() + c2() + big());
        Class<?>[] cs = {int.class, int[].class, String.class, String[][].class, ConstantPool.class,
            ConstantPool[].class, Void.class, void.class, java.util.Map.Entry.class, Object[].class};
        for (Class<?> c : cs) System.out.print(c.getName() + " ");
        System.out.println();
        final int k = 3;
        switch (3) {
            case k: System.out.println("constant case");
        }
        byte b = (byte) 0xff;
        short s = (short) 0x8000;
        char c = (char) -1;
        System.out.println(b + " " + s + " " + (int) c + " " + (b & 0xff) + " " + (b >>> 4) + " " + ((byte) (b >>> 4))
            + " " + 'a' + 1 + (char) ('a' + 1) + " " + 0x1.0p-1074);
    }
}
