import java.util.Arrays;

/** Array copies and comparisons, hashes and type tests often enough to be compiled, also where they throw. */
public class HotIntrinsics {
    static String copy(Object from, int fromAt, Object to, int toAt, int count) {
        try {
            System.arraycopy(from, fromAt, to, toAt, count);
            return "copied";
        } catch (RuntimeException e) {
            return e.getClass().getSimpleName() + ": " + e.getMessage();
        }
    }

    static int same(byte[] a, byte[] b, int[] c, int[] d) {
        return (Arrays.equals(a, b) ? 1 : 0) + (Arrays.equals(c, d) ? 2 : 0);
    }

    static String cast(Class<?> type, Object object) {
        try {
            return type.isInstance(object) + " " + type.cast(object);
        } catch (ClassCastException e) {
            return e.getMessage();
        }
    }

    static int masked(int[] values, int i) {
        if (values.length == 0) {
            return -1;
        }
        return values[i & (values.length - 1)] + values[(i & 0x7fffffff) % values.length];
    }

    static int negative(int[] values, int i) {
        try {
            return values[i % values.length];
        } catch (ArrayIndexOutOfBoundsException e) {
            return -5;
        } catch (ArithmeticException e) {
            return -6;
        }
    }

    public static void main(String[] args) {
        int[] ints = new int[20];
        long[] longs = new long[20];
        Object[] objects = {"a", 1, "b", 2L, null};
        String[] strings = {"x", "y", "z", null, "w"};
        byte[] bytes = "some bytes".getBytes();
        String last = "";
        int changes = 0;
        long sum = 0;
        for (int i = 0; i < 30_000; i++) {
            ints[i % 20] = i;
            copy(ints, i % 10, ints, (i * 7) % 10, i % 11);
            copy(objects, 0, strings.clone(), 0, i % 2);
            String told = switch (i % 3000) {
                case 1 -> copy(ints, 5, ints, 10, 11);
                case 2 -> copy(ints, -1, ints, 0, 1);
                case 3 -> copy(ints, 0, longs, 0, 1);
                case 4 -> copy(objects, 0, strings, 0, 3);
                case 5 -> copy(null, 0, ints, 0, 0);
                case 6 -> copy("text", 0, ints, 0, 0);
                case 7 -> copy(strings, 0, objects, 0, 5) + objects[4];
                case 8 -> copy(ints, 20, ints, 0, 0);
                case 9 -> copy(ints, 0, ints, 0, Integer.MAX_VALUE);
                default -> "";
            };
            if (!told.isEmpty() && i < 3000) {
                System.out.println(told);
            }
            if (!told.equals(last)) {
                last = told;
                changes++;
            }
            byte[] other = bytes.clone();
            other[i % other.length] ^= (byte) (i % 5 == 0 ? 0 : 1);
            sum += same(bytes, other, ints, i % 2 == 0 ? ints : ints.clone()) + same(null, i % 2 == 0 ? null : bytes, null, ints);
            sum += masked(ints, i) + masked(new int[i & 1], i) + negative(ints, 15_000 - i) + negative(new int[i & 1], i);
            Object object = objects[i % 3];
            sum += object.hashCode() == System.identityHashCode(object) ? 1 : 0;
            sum += System.identityHashCode(ints) == ints.hashCode() ? 1 : 0;
            sum += cast(i % 2 == 0 ? String.class : Integer.class, i).length() + cast(int.class, i % 7 == 0 ? null : 5).length();
            sum += Thread.currentThread().getName().length();
        }
        System.out.println(changes + " " + sum + " " + Arrays.hashCode(ints) + " " + Arrays.toString(strings));
        System.out.println(System.identityHashCode(null) + " " + (System.nanoTime() > 0) + " " + (System.currentTimeMillis() > 1L << 40));
    }
}
