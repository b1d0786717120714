import java.lang.reflect.Field;

/** Uses an internal package, and opens another. */
public class Opened {
    public static void main(String[] args) throws Exception {
        System.out.println(jdk.internal.misc.VM.isBooted());
        Field field = String.class.getDeclaredField("hash");
        field.setAccessible(true);
        System.out.println(field.getInt("abc") == 0 || field.getInt("abc") == "abc".hashCode());
    }
}
