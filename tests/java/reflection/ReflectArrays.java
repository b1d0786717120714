import java.lang.reflect.*;
import java.util.*;

/** java.lang.reflect.Array over all element types. */
public class ReflectArrays {
    interface R {
        Object run() throws Throwable;
    }
    static void t(R r) {
        try {
            System.out.print(r.run() + " ");
        } catch (Throwable e) {
            System.out.print(
                e.getClass().getSimpleName() + (e.getMessage() == null ? "" : "(" + e.getMessage() + ")") + " ");
        }
    }
    public static void main(String[] args) {
        for (Class<?> c : new Class<?>[] {boolean.class, byte.class, short.class, char.class, int.class, long.class,
                 float.class, double.class, String.class, Object.class, int[].class}) {
            Object a = Array.newInstance(c, 3);
            System.out.print(a.getClass().getName() + " " + Array.getLength(a) + " ");
            for (Object v : new Object[] {true, (byte) 1, (short) 2, 'c', 4, 5L, 6f, 7.0, "s", null,
                     new int[0].length == 0 ? (Object) List.of() : null}) {
                t(() -> {
                    Array.set(a, 1, v);
                    return Array.get(a, 1);
                });
            }
            t(() -> {
                Array.setInt(a, 0, 65);
                return Array.getInt(a, 0);
            });
            t(() -> Array.getDouble(a, 0));
            t(() -> Array.getChar(a, 0));
            t(() -> Array.getBoolean(a, 0));
            t(() -> {
                Array.setByte(a, 2, (byte) 66);
                return Array.getLong(a, 2);
            });
            t(() -> Array.get(a, 3));
            t(() -> Array.get(a, -1));
            System.out.println();
        }
        t(() -> Array.newInstance(int.class, 2, 3, 0).getClass().getName());
        t(() -> ((int[][]) Array.newInstance(int[].class, 2)).length);
        t(() -> ((String[][]) Array.newInstance(String.class, 2, 4))[1].length);
        t(() -> Array.newInstance(int.class, -1));
        t(() -> Array.newInstance(null, 1));
        t(() -> Array.newInstance(int.class));
        t(() -> Array.newInstance(int.class, new int[256]));
        t(() -> Array.newInstance(void.class, 2));
        t(() -> Array.getLength(null));
        t(() -> Array.getLength("s"));
        t(() -> Array.get("s", 0));
        t(() -> Array.get(null, 0));
        t(() -> Array.newInstance(int.class, 3, -2));
        System.out.println();
        Object multi = Array.newInstance(long.class, 3, 2);
        ((long[][]) multi)[2][1] = 9;
        System.out.println(Arrays.deepToString((Object[]) multi) + " " + int[].class.getModifiers() + " "
            + Modifier.toString(int[].class.getModifiers()) + " "
            + Modifier.toString(ReflectArrays[].class.getModifiers()) + " "
            + Array.newInstance(ReflectArrays.class, 1).getClass().getInterfaces().length);
    }
}
