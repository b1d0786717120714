import java.util.*;

/** System.arraycopy overlapping in both directions for every element type, clone, fill by doubling. */
public class ArrayCopy {
    static Object make(Class<?> c, int n) {
        Object a = java.lang.reflect.Array.newInstance(c, n);
        for (int i = 0; i < n; i++) switch (c.getName()) {
                case "boolean" -> ((boolean[]) a)[i] = i % 3 == 0;
                case "byte" -> ((byte[]) a)[i] = (byte) (i * 7);
                case "short" -> ((short[]) a)[i] = (short) (i * 1001);
                case "char" -> ((char[]) a)[i] = (char) (i + 'a');
                case "int" -> ((int[]) a)[i] = i * 100003;
                case "long" -> ((long[]) a)[i] = i * 1000000007L * 31;
                case "float" -> ((float[]) a)[i] = i / 3f;
                case "double" -> ((double[]) a)[i] = i / 7.0;
                default -> ((Object[]) a)[i] = "s" + i;
            }
        return a;
    }
    static int hash(Object a) {
        int h = 1;
        for (int i = 0; i < java.lang.reflect.Array.getLength(a); i++)
            h = h * 31 + java.lang.reflect.Array.get(a, i).hashCode();
        return h;
    }
    public static void main(String[] args) {
        for (Class<?> c : new Class<?>[] {boolean.class, byte.class, short.class, char.class, int.class, long.class,
                 float.class, double.class, String.class}) {
            int h = 0;
            for (int[] p : new int[][] {{0, 1, 40}, {1, 0, 40}, {0, 20, 30}, {20, 0, 30}, {5, 5, 10}, {0, 0, 0},
                     {50, 50, 0}, {3, 8, 37}, {8, 3, 37}}) {
                Object a = make(c, 50);
                System.arraycopy(a, p[0], a, p[1], p[2]);
                h = h * 17 + hash(a);
                Object b = make(c, 60);
                System.arraycopy(a, p[0], b, p[1], p[2]);
                h = h * 17 + hash(b);
            }
            System.out.println(c.getSimpleName() + " " + h);
        }
        int[][] grid = {{1, 2}, {3}};
        int[][] shallow = grid.clone();
        shallow[0][0] = 9;
        shallow[1] = null;
        System.out.println(
            grid[0][0] + " " + (grid[1] != null) + " " + Arrays.equals(new int[] {1, 2}.clone(), new int[] {1, 2}));
        Object[] from = {1, 2, null, 3};
        Number[] to = new Number[4];
        System.arraycopy(from, 0, to, 0, 4);
        System.out.println(Arrays.toString(to));
        byte[] fill = new byte[1000];
        fill[0] = 7;
        for (int i = 1; i < fill.length; i += i) System.arraycopy(fill, 0, fill, i, Math.min(i, fill.length - i));
        System.out.println(Arrays.hashCode(fill));
        Object[] objs = new Object[1000];
        for (int r = 0; r < 50; r++) {
            for (int i = 0; i < objs.length; i++) objs[i] = new int[] {i + r};
            System.arraycopy(objs, 0, objs, 1, 999);
        }
        System.out.println(((int[]) objs[999])[0]);
    }
}
