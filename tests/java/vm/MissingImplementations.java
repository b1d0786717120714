// HotSpot 25 finds other errors than 17 here.
// versions: 17
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Base64;
import java.util.zip.InflaterInputStream;

/** Classes whose interfaces changed after they were compiled: methods without an implementation, or with several. */
public class MissingImplementations {
    // Classes A, B, A2, A3, I2 (interfaces), C, D, D2, E, F, Calls, each with its length before it:
    //   interface A { default m(); default other(); }   interface B { default m(); }   class C implements A, B
    //   interface A2 { m(); default other(); }          class D implements A2          class D2 extends D
    //   interface A3 { m(); }                           class E implements A3
    //   interface I2 extends A { m(); }                 class F implements I2
    // Calls has a method for each class and interface that calls m of it.
    static final String CODE = "eNq1VcluE0EQfTVje+yecRKSQMJOWG0DDtjsCUheEslSJA5ISBzHiRMceZGCxQ2OnPgRbuECggMfwEchqhfPKEmPohhhS+5qvep6"
        + "r2pej/Hl95+fvwA8Rz4Lh+DWyv0sUgQaesjwUvOQJczshu/D5V442Fl+2d7tbI4Y6RPmC8WNGHk12usOdlYIqcZwq0NID0dvO3sZ"
        + "IA0P8uOAkIPgX59307wSr+4s7SuYEFhAV4PAh0iq0FLr5b6npNaV1Ak0sjaX1WlyYpVZpdCiDfgc0fuKXg6IyZ1aZQJ2PZqjKpyU"
        + "VgGlQ6oRdjVvIjWeJ9U4taqScxIZGcni6u75aBoZFbej0jldulWxlzYGOZ6BVHcU9QZ8ijimBNvCZYJACrA2kFntDrqjF1ypUHyt"
        + "7EgND0KbM5DP3wwSV5jA4W9OeUiOTDZFyHN0ygwxXfoO+mrG+DHSEUyko6l0sAcOKtAmivn9JP7t2NOH+KlpI3Sah5hwgCf3v/pc"
        + "M31WJ+zzX/nXNX9rwjm7qxH/sxPy++xYvgci4OLBMXb3MSVzp6UlfRbC8axyh495uTmtRuhjQW4WVT8C5+TmvPS0wEUZX5IPX3CH"
        + "HC/J2Qtck/F1PYebfJsaYa/3LnrPUkhYKGzUVqyvGmortG5HnZBHusiHK0l4VePVBLyrz7cSztOmYm8koFsKbSagHYWuJaDbCl23"
        + "oVjCDXM5BMiY45bdHDkUUDTwnIG90g94hH2TUMJtS0I+TriDu5aEmTihjGVLwlyccA/3LQln4oQKqkd6+IazY/gBHlrgC2P4ER5b"
        + "4Mtj+AmeWuCr5s/mL+S7O94=";

    static class Loader extends ClassLoader {
        Class<?> define(byte[] code) { return defineClass(null, code, 0, code.length); }
    }

    static void call(String what, Method method, Object receiver, Object... arguments) throws IllegalAccessException {
        try {
            System.out.println(what + " " + method.invoke(receiver, arguments));
        } catch (InvocationTargetException e) {
            System.out.println(what + " " + e.getCause());
        }
    }

    public static void main(String[] args) throws Exception {
        byte[] packed = Base64.getDecoder().decode(CODE);
        byte[] code = new InflaterInputStream(new ByteArrayInputStream(packed)).readAllBytes();
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(code));
        Loader loader = new Loader();
        Class<?> last = null;
        while (in.available() > 0) last = loader.define(in.readNBytes(in.readUnsignedShort()));
        Method[] calls = last.getMethods();
        java.util.Arrays.sort(calls, java.util.Comparator.comparing(Method::getName));
        for (String name : new String[] {"C", "D", "D2", "E", "F"}) {
            var constructor = loader.loadClass(name).getDeclaredConstructor();
            constructor.setAccessible(true);
            Object object = constructor.newInstance();
            for (Method method : calls) {
                if (method.getParameterCount() != 1 || !method.getReturnType().equals(String.class)) continue;
                if (!method.getParameterTypes()[0].isInstance(object)) continue;
                call(name + " " + method.getName(), method, null, object);
                call(name + " " + method.getName(), method, null, object);
            }
            Method found = object.getClass().getMethod("m");
            found.setAccessible(true);
            call(name + " " + found, found, object);
        }
    }
}
