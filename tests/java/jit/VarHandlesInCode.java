import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/** Var handles of fields, arrays and views in compiled code: all kinds of access, and what they throw. */
public class VarHandlesInCode {
    static int statics;
    int ints;
    long longs;
    byte bytes;
    short shorts;
    char chars;
    boolean booleans;
    float floats;
    double doubles;
    Object objects;
    String texts;
    final int finals = 5;

    static final VarHandle STATIC, INT, LONG, BYTE, SHORT, CHAR, BOOLEAN, FLOAT, DOUBLE, OBJECT, TEXT, FINAL;
    static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);
    static final VarHandle BYTES = MethodHandles.arrayElementVarHandle(byte[].class);
    static final VarHandle TEXTS = MethodHandles.arrayElementVarHandle(String[].class);
    static final VarHandle LITTLE = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle BIG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    static final VarHandle CHARS = MethodHandles.byteArrayViewVarHandle(char[].class, ByteOrder.BIG_ENDIAN);

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            Class<VarHandlesInCode> c = VarHandlesInCode.class;
            STATIC = lookup.findStaticVarHandle(c, "statics", int.class);
            INT = lookup.findVarHandle(c, "ints", int.class);
            LONG = lookup.findVarHandle(c, "longs", long.class);
            BYTE = lookup.findVarHandle(c, "bytes", byte.class);
            SHORT = lookup.findVarHandle(c, "shorts", short.class);
            CHAR = lookup.findVarHandle(c, "chars", char.class);
            BOOLEAN = lookup.findVarHandle(c, "booleans", boolean.class);
            FLOAT = lookup.findVarHandle(c, "floats", float.class);
            DOUBLE = lookup.findVarHandle(c, "doubles", double.class);
            OBJECT = lookup.findVarHandle(c, "objects", Object.class);
            TEXT = lookup.findVarHandle(c, "texts", String.class);
            FINAL = lookup.findVarHandle(c, "finals", int.class);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    static long sum;

    static void note(long value) {
        sum = sum * 1000003 + value;
    }

    static void note(boolean value) {
        note(value ? 1 : 2);
    }

    static void numbers(VarHandlesInCode o, int i) {
        STATIC.set(i);
        note((int) STATIC.getAndAdd(3) + (int) STATIC.getVolatile());
        INT.setVolatile(o, i);
        note((int) INT.getAndAdd(o, -7));
        note((int) INT.getAndBitwiseXor(o, 0x55));
        note((int) INT.getAndSet(o, i * 3));
        note(INT.compareAndSet(o, i * 3, i));
        note(INT.compareAndSet(o, i + 1, i + 2));
        note((int) INT.compareAndExchange(o, i, -i));
        note((int) INT.getAcquire(o));
        LONG.setRelease(o, i * 10_000_000_019L);
        note((long) LONG.getAndAdd(o, 1L << 40));
        note(LONG.compareAndSet(o, i * 10_000_000_019L + (1L << 40), -1L));
        note((long) LONG.getOpaque(o));
        BYTE.set(o, (byte) i);
        note((byte) BYTE.getAndAdd(o, (byte) 100));
        note((byte) BYTE.getAndAddAcquire(o, (byte) 100));
        note(BYTE.compareAndSet(o, (byte) (i + 200), (byte) -i));
        note((byte) BYTE.compareAndExchange(o, (byte) -i, (byte) 0x80));
        note((byte) BYTE.getAndSet(o, (byte) 0xfe));
        note((byte) BYTE.getVolatile(o));
        SHORT.set(o, (short) (i * 999));
        note((short) SHORT.getAndAdd(o, (short) 30000));
        note(SHORT.compareAndSet(o, (short) (i * 999 + 30000), (short) -3));
        note((short) SHORT.getAndBitwiseOr(o, (short) 0x8000));
        CHAR.set(o, (char) (i * 999));
        note((char) CHAR.getAndAdd(o, (char) 50000));
        note(CHAR.compareAndSet(o, (char) (i * 999 + 50000), '\uffff'));
        note((char) CHAR.getAndSet(o, 'x'));
        BOOLEAN.set(o, (i & 1) == 0);
        note((boolean) BOOLEAN.getAndBitwiseXor(o, true));
        note(BOOLEAN.compareAndSet(o, (i & 1) != 0, true));
        note((boolean) BOOLEAN.get(o));
        FLOAT.setVolatile(o, i / 3f);
        note(Float.floatToIntBits((float) FLOAT.getAndAdd(o, 0.1f)));
        note(FLOAT.compareAndSet(o, i / 3f + 0.1f, -0f));
        note(Float.floatToIntBits((float) FLOAT.get(o)));
        DOUBLE.set(o, i / 7.0);
        note(Double.doubleToLongBits((double) DOUBLE.getAndAdd(o, 0.1)));
        note(Double.doubleToLongBits((double) DOUBLE.getAndSet(o, Double.NaN)));
        note((int) FINAL.get(o));
    }

    static void references(VarHandlesInCode o, int i) {
        Object[] values = {null, "a", i, "b"};
        Object value = values[i & 3], next = values[(i + 1) & 3];
        OBJECT.setVolatile(o, value);
        note(OBJECT.compareAndSet(o, value, next));
        note(OBJECT.compareAndSet(o, "never", value));
        note(OBJECT.compareAndExchange(o, next, value) == next);
        note(OBJECT.getAndSet(o, next) == value);
        note(OBJECT.getAcquire(o) == next);
        TEXT.set(o, "t" + i);
        note(((String) TEXT.get(o)).length());
        note(((String) TEXT.getAndSet(o, "u")).hashCode());
    }

    static void arrays(int[] ints, byte[] bytes, String[] texts, int i) {
        INTS.setVolatile(ints, i & 7, i);
        note((int) INTS.getAndAdd(ints, i & 7, 5));
        note(INTS.compareAndSet(ints, i & 7, i + 5, -i));
        note((int) INTS.get(ints, (i + 1) & 7));
        BYTES.set(bytes, i & 31, (byte) i);
        note((byte) BYTES.getAndBitwiseAnd(bytes, i & 31, (byte) 0xf3));
        note(BYTES.compareAndSet(bytes, i & 31, (byte) (i & 0xf3), (byte) 9));
        TEXTS.setRelease(texts, i & 3, "x" + (i & 15));
        note(((String) TEXTS.getAcquire(texts, i & 3)).hashCode());
        note(TEXTS.compareAndSet(texts, i & 3, "y", "z"));
        LITTLE.set(bytes, i % 29, i * 0x01020305);
        note((int) LITTLE.get(bytes, (i + 5) % 29));
        BIG.set(bytes, i % 25, i * 0x0102030501020305L);
        note((long) BIG.get(bytes, (i + 7) % 25));
        CHARS.set(bytes, i % 31, (char) (i * 257));
        note((char) CHARS.get(bytes, (i + 3) % 31));
    }

    static String thrown(Runnable action) {
        try {
            action.run();
            return "none";
        } catch (NullPointerException e) {
            return "null";
        } catch (IllegalStateException e) {
            return "state";
        } catch (RuntimeException e) {
            return e.toString();
        }
    }

    static void exceptions(boolean print) {
        int[] ints = new int[4];
        byte[] bytes = new byte[16];
        Object[] objects = new Integer[2];
        Object other = "text";
        VarHandlesInCode no = null;
        VarHandlesInCode o = new VarHandlesInCode();
        String[] results = {
            thrown(() -> INT.set(no, 1)),
            thrown(() -> note((int) INT.getAndAdd(no, 1))),
            thrown(() -> INT.set(other, 1)),
            thrown(() -> FINAL.set(o, 1)),
            thrown(() -> TEXT.set(o, (Object) 5)),
            thrown(() -> note((long) OBJECT.get(o))),
            thrown(() -> note(TEXT.compareAndSet(o, other, (Object) 5))),
            thrown(() -> INTS.set(ints, 4, 1)),
            thrown(() -> INTS.set(ints, -1, 1)),
            thrown(() -> note((int) INTS.getVolatile((int[]) null, 0))),
            thrown(() -> note((int) INTS.getAndAdd(bytes, 0, 1))),
            thrown(() -> TEXTS.set(objects, 0, "x")),
            thrown(() -> LITTLE.set(bytes, 13, 1)),
            thrown(() -> note((int) LITTLE.get(bytes, -1))),
            thrown(() -> note((int) LITTLE.getVolatile(bytes, 17))),
            thrown(() -> note((long) BIG.get(bytes, 9))),
            thrown(() -> INT.set(o, "text")),
            thrown(() -> note(Objects.checkIndex(3, 3))),
            thrown(() -> note(Objects.checkIndex(-1, 3))),
            thrown(() -> note(Objects.checkIndex(0, -1))),
            thrown(() -> note(Objects.checkIndex(5, Integer.MIN_VALUE))),
        };
        for (String result : results) {
            String short_ = result.replaceAll("VarHandle=.*", "");
            note(short_.hashCode());
            if (print) {
                System.out.println(short_);
            }
        }
    }

    static int checked(int[] ints, int i) {
        int total = 0;
        for (int at = 0; at < ints.length; at++) {
            total += ints[Objects.checkIndex(at, ints.length)] + Objects.checkIndex(at, i + 100);
        }
        return total;
    }

    static Object copies(int i) throws CloneNotSupportedException {
        int[] ints = {i, 2, 3};
        long[] longs = {i, 5};
        Object[] objects = {"a", ints, i};
        int[][] rows = {ints, {7}};
        int[] copy = ints.clone();
        copy[1]++;
        note(Arrays.hashCode(copy) + Arrays.hashCode(ints) + Arrays.hashCode(longs.clone()));
        Object[] other = objects.clone();
        note(other.getClass() == objects.getClass() && other[1] == ints);
        note(rows.clone()[0] == ints && rows.clone() != rows);
        note(new int[0].clone().length + new String[i & 3].clone().length);
        try {
            Object cloned = new VarHandlesInCode().clone();
            note(cloned == null);
        } catch (CloneNotSupportedException e) {
            note(e.toString().hashCode());
        }
        Named named = new Named();
        named.name = "n" + i;
        note(named.copy().name == named.name);
        return copy;
    }

    static class Named implements Cloneable {
        String name;
        int number = 4;

        Named copy() throws CloneNotSupportedException {
            return (Named) clone();
        }
    }

    public static void main(String[] args) throws Exception {
        VarHandlesInCode o = new VarHandlesInCode();
        int[] ints = new int[8];
        byte[] bytes = new byte[32];
        String[] texts = new String[4];
        for (int i = 0; i < 12_000; i++) {
            numbers(o, i);
            references(o, i);
            arrays(ints, bytes, texts, i);
            copies(i);
            note(checked(ints, i));
            note(Math.fma(i, 0.1, sum) > 0);
            note(Float.floatToIntBits(Math.fma(i, 0.1f, 1e-9f)));
            note(Number.class.isAssignableFrom((i & 1) == 0 ? Integer.class : String.class));
            note(int.class.isAssignableFrom((i & 1) == 0 ? int.class : long.class));
            if (i % 3000 == 0) {
                System.out.println(sum);
            }
        }
        for (int i = 0; i < 300; i++) {
            exceptions(i == 299);
        }
        System.out.println(sum);
    }
}
