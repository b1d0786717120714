package support;

/** Arguments: a sequence of numbers from a seed, more or less wild according to the phase. */
public final class Inputs {
    private static final int[] INTS = {0, 1, -1, 2, 7, 31, 32, 63, 64, 127, 128, 255, -128, 32767, 65535, 65536, -65537,
        Integer.MIN_VALUE, Integer.MAX_VALUE, Integer.MIN_VALUE + 1, 1000003, -1000003};
    private static final double[] DOUBLES = {0.0, -0.0, 1.0, -1.5, 1e10, -1e10, 1e300, 4.9e-324, Double.NaN,
        Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 2147483647.5, -2147483649.0, 9.3e18};
    private static final String[] TEXTS = {"", "a", "one", "two", "Aa", "BB", "three", "12", "-7", "\u00e9", "\u4e2d\u6587x", "longer text here"};

    private long state;
    private boolean wild;
    private boolean late;
    private int usual;

    /** Begins a sequence. Programs see the usual things first, then anything, then classes that were not there before. */
    public void begin(long seed, int phase, int repetition) {
        state = seed * 0x9E3779B97F4A7C15L + phase * 1000003L + repetition * 7919L;
        wild = phase == 2 || phase == 4;
        late = phase == 3 || phase == 4;
        usual = (int) (seed & 3);
        next();
    }

    private int next() {
        state += 0x9E3779B97F4A7C15L;
        long z = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return (int) (z >>> 32);
    }

    private int below(int bound) {
        return (next() >>> 1) % bound;
    }

    /** 0 to 2: a class of the hierarchy, 3: the late one, 4: null. */
    public int shape() {
        if (late && below(3) == 0) {
            return 3;
        }
        if (wild) {
            return below(12) == 0 ? 4 : below(3);
        }
        return usual == 3 ? below(2) : usual;
    }

    public boolean isOther() {
        return wild && below(3) == 0;
    }

    public boolean z() {
        return (next() & 8) != 0;
    }

    public int i() {
        return wild ? INTS[below(INTS.length)] + (below(4) == 0 ? below(100) : 0) : below(24);
    }

    public byte b() {
        return (byte) (wild ? next() : below(50));
    }

    public short h() {
        return (short) (wild ? next() : below(500));
    }

    public char c() {
        return (char) (wild ? next() : 'a' + below(26));
    }

    public long l() {
        return wild ? below(3) == 0 ? (long) next() << 32 ^ next() : below(2) == 0 ? Long.MIN_VALUE + below(2) : i() : below(1000);
    }

    public float f() {
        return wild ? (float) d() : below(100) / 4f;
    }

    public double d() {
        return wild ? DOUBLES[below(DOUBLES.length)] : below(1000) / 8.0;
    }

    public String text() {
        return wild && below(12) == 0 ? null : TEXTS[below(wild ? TEXTS.length : 5)];
    }

    public Integer integer() {
        return wild && below(12) == 0 ? null : i();
    }

    public Object object() {
        switch (below(wild ? 5 : 2)) {
            case 0:
                return text();
            case 1:
                return integer();
            case 2:
                return ints();
            case 3:
                return d();
            default:
                return null;
        }
    }

    private int length() {
        return wild ? below(10) : 10;
    }

    private boolean none() {
        return wild && below(16) == 0;
    }

    public int[] ints() {
        if (none()) {
            return null;
        }
        int[] made = new int[length()];
        for (int n = 0; n < made.length; n++) {
            made[n] = i();
        }
        return made;
    }

    public long[] longs() {
        if (none()) {
            return null;
        }
        long[] made = new long[length()];
        for (int n = 0; n < made.length; n++) {
            made[n] = l();
        }
        return made;
    }

    public byte[] bytes() {
        if (none()) {
            return null;
        }
        byte[] made = new byte[length()];
        for (int n = 0; n < made.length; n++) {
            made[n] = b();
        }
        return made;
    }

    public short[] shorts() {
        if (none()) {
            return null;
        }
        short[] made = new short[length()];
        for (int n = 0; n < made.length; n++) {
            made[n] = h();
        }
        return made;
    }

    public char[] chars() {
        if (none()) {
            return null;
        }
        char[] made = new char[length()];
        for (int n = 0; n < made.length; n++) {
            made[n] = c();
        }
        return made;
    }

    public boolean[] booleans() {
        if (none()) {
            return null;
        }
        boolean[] made = new boolean[length()];
        for (int n = 0; n < made.length; n++) {
            made[n] = z();
        }
        return made;
    }

    public float[] floats() {
        if (none()) {
            return null;
        }
        float[] made = new float[length()];
        for (int n = 0; n < made.length; n++) {
            made[n] = f();
        }
        return made;
    }

    public double[] doubles() {
        if (none()) {
            return null;
        }
        double[] made = new double[length()];
        for (int n = 0; n < made.length; n++) {
            made[n] = d();
        }
        return made;
    }

    public int[][] rows() {
        if (none()) {
            return null;
        }
        int[][] made = new int[8][];
        for (int n = 0; n < made.length; n++) {
            made[n] = ints();
        }
        return made;
    }

    public String[] texts() {
        if (none()) {
            return null;
        }
        String[] made = new String[length()];
        for (int n = 0; n < made.length; n++) {
            made[n] = text();
        }
        return made;
    }
}
