import java.lang.invoke.MethodHandles;
import java.util.Base64;

/** A dynamic constant that is its own bootstrap argument, by way of another one: a stack overflow, each time. */
public class ConstantCycles {
    // Class K: get() loads the constant "outer", whose bootstrap argument is the constant "inner", whose is "mark".
    static final String CODE = "yv66vgAAADcAGQEAAUsHAAEBABBqYXZhL2xhbmcvT2JqZWN0BwADAQADZ2V0AQAUKClMamF2YS9sYW5nL1N0cmluZzsBAARtYXJr"
        + "CAAHAQAYQ29uc3RhbnRDeWNsZXMkQm9vdHN0cmFwBwAJAQAEbWFrZQEAcShMamF2YS9sYW5nL2ludm9rZS9NZXRob2RIYW5kbGVz"
        + "JExvb2t1cDtMamF2YS9sYW5nL1N0cmluZztMamF2YS9sYW5nL0NsYXNzO1tMamF2YS9sYW5nL09iamVjdDspTGphdmEvbGFuZy9P"
        + "YmplY3Q7DAALAAwKAAoADQ8GAA4BAAVpbm5lcgEAEkxqYXZhL2xhbmcvU3RyaW5nOwwAEAAREQAAABIBAAVvdXRlcgwAFAAREQAB"
        + "ABUBAARDb2RlAQAQQm9vdHN0cmFwTWV0aG9kcwABAAIABAAAAAAAAQAJAAUABgABABcAAAAPAAEAAAAAAAMSFrAAAAAAAAEAGAAA"
        + "AA4AAgAPAAEACAAPAAEAEw==";

    public static class Bootstrap {
        public static Object make(MethodHandles.Lookup lookup, String name, Class<?> type, Object... arguments) {
            return name + " of " + arguments[0];
        }
    }

    static class Loader extends ClassLoader {
        Loader() { super(ConstantCycles.class.getClassLoader()); }
        Class<?> define(byte[] code) { return defineClass("K", code, 0, code.length); }
    }

    static void get(Class<?> k) throws Exception {
        try {
            System.out.println(k.getMethod("get").invoke(null));
        } catch (java.lang.reflect.InvocationTargetException e) {
            System.out.println(e.getCause().getClass());
        }
    }

    public static void main(String[] args) throws Exception {
        byte[] code = Base64.getDecoder().decode(CODE);
        get(new Loader().define(code.clone()));
        // The argument of the inner constant: the outer one.
        code[code.length - 7] = 22;
        Class<?> cycle = new Loader().define(code);
        get(cycle);
        get(cycle);
    }
}
