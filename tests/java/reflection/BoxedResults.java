import java.lang.reflect.Method;

/** Boxes that reflection makes are of initialized classes, whoever needs them first. */
public class BoxedResults {
    public static byte aByte() {
        return 1;
    }
    public static short aShort() {
        return 2;
    }
    public static long aLong() {
        return 3;
    }
    public static float aFloat() {
        return 4;
    }
    public static double aDouble() {
        return 5;
    }
    public static char aChar() {
        return '6';
    }
    public static boolean aBoolean() {
        return true;
    }
    public static void main(String[] args) throws Exception {
        for (String name : new String[] {"aByte", "aShort", "aLong", "aFloat", "aDouble", "aChar", "aBoolean"}) {
            Method method = BoxedResults.class.getMethod(name);
            Object result = method.invoke(null);
            System.out.println(result.toString());
            System.out.println(result.equals(result));
        }
    }
}
