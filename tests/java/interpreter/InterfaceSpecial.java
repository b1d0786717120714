import java.lang.reflect.InvocationTargetException;
import java.util.Base64;

/** invokespecial in an interface: the receiver has to be a subtype of it, which the verifier does not see to. */
public class InterfaceSpecial {
    public interface Base {
        default String name() { return "Base of " + getClass().getSimpleName(); }
    }

    static class OnlyBase implements Base {}

    // interface Sub extends Base with static methods of an Object: direct is invokespecial Base.name, own of its private
    // method mine, object of Object.hashCode.
    static final String CODE = "yv66vgAAADQAGQEAFEludGVyZmFjZVNwZWNpYWwkU3ViBwABAQAQamF2YS9sYW5nL09iamVjdAcAAwEAFUludGVyZmFjZVNwZWNp"
        + "YWwkQmFzZQcABQEABmRpcmVjdAEAJihMamF2YS9sYW5nL09iamVjdDspTGphdmEvbGFuZy9TdHJpbmc7AQAEbmFtZQEAFCgpTGph"
        + "dmEvbGFuZy9TdHJpbmc7DAAJAAoLAAYACwEABG1pbmUIAA0BAANvd24MAA0ACgsAAgAQAQAGb2JqZWN0AQAVKExqYXZhL2xhbmcv"
        + "T2JqZWN0OylJAQAIaGFzaENvZGUBAAMoKUkMABQAFQoABAAWAQAEQ29kZQYBAAIABAABAAYAAAAEAAkABwAIAAEAGAAAABEAAQAB"
        + "AAAABSq3AAywAAAAAAACAA0ACgABABgAAAAPAAEAAQAAAAMSDrAAAAAAAAkADwAIAAEAGAAAABEAAQABAAAABSq3ABGwAAAAAAAJ"
        + "ABIAEwABABgAAAARAAEAAQAAAAUqtwAXrAAAAAAAAA==";

    static class Loader extends ClassLoader {
        Loader() { super(InterfaceSpecial.class.getClassLoader()); }
        Class<?> define(byte[] code) { return defineClass("InterfaceSpecial$Sub", code, 0, code.length); }
    }

    static String call(Class<?> sub, String method, Object receiver) throws Exception {
        try {
            return "" + sub.getMethod(method, Object.class).invoke(null, receiver);
        } catch (InvocationTargetException e) {
            return e.getCause() instanceof NullPointerException ? "null pointer" : e.getCause().toString();
        }
    }

    public static void main(String[] args) throws Exception {
        Class<?> sub = new Loader().define(Base64.getDecoder().decode(CODE));
        Object good = java.lang.reflect.Proxy.newProxyInstance(sub.getClassLoader(), new Class<?>[] {sub},
            (proxy, method, arguments) -> "through the proxy");
        for (int i = 0; i < 2; i++) {
            System.out.println(call(sub, "direct", good).replaceAll("Proxy\\d+", "Proxy"));
            System.out.println(call(sub, "own", good));
            System.out.println(call(sub, "object", good).matches("-?\\d+"));
            for (String method : new String[] {"direct", "own", "object"}) {
                System.out.println(method + ": " + call(sub, method, new OnlyBase()));
                System.out.println(method + ": " + call(sub, method, "text"));
                System.out.println(method + ": " + call(sub, method, new int[1]));
                System.out.println(method + ": " + call(sub, method, null));
            }
        }
    }
}
