import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/** invokeinterface of a method of Object, which asks for the interface all the same; a stack map with an unknown type. */
public class ObjectMethodsByInterface {
    public interface I { }

    static class Loader extends ClassLoader {
        Class<?> define(byte[] code) { return defineClass(null, code, 0, code.length); }
    }

    /** A class with a static method call(Object) of the given code. */
    static byte[] code(String name, int[] instructions, int[] stackMap) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(0xcafebabe);
            out.writeInt(52);
            out.writeShort(15);
            String[] names = {name, "java/lang/Object", "ObjectMethodsByInterface$I", "call",
                "(Ljava/lang/Object;)Ljava/lang/String;", "Code", "toString", "()Ljava/lang/String;", "StackMapTable"};
            for (String text : names) {
                out.writeByte(1);
                out.writeUTF(text);
            }
            for (int i = 1; i <= 3; i++) {
                out.writeByte(7);
                out.writeShort(i);
            }
            out.writeByte(12);
            out.writeShort(7);
            out.writeShort(8);
            out.writeByte(11);
            out.writeShort(12);
            out.writeShort(13);
            out.writeShort(0x21);
            out.writeShort(10);
            out.writeShort(11);
            out.writeShort(0);
            out.writeShort(0);
            out.writeShort(1);
            out.writeShort(9);
            out.writeShort(4);
            out.writeShort(5);
            out.writeShort(1);
            out.writeShort(6);
            int mapLength = stackMap.length == 0 ? 0 : 6 + stackMap.length;
            out.writeInt(12 + instructions.length + mapLength);
            out.writeShort(2);
            out.writeShort(1);
            out.writeInt(instructions.length);
            for (int b : instructions) {
                out.writeByte(b);
            }
            out.writeShort(0);
            out.writeShort(stackMap.length == 0 ? 0 : 1);
            if (stackMap.length != 0) {
                out.writeShort(9);
                out.writeInt(stackMap.length);
                for (int b : stackMap) {
                    out.writeByte(b);
                }
            }
            out.writeShort(0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    static void call(Method method, Object receiver) throws IllegalAccessException {
        try {
            System.out.println(method.invoke(null, receiver));
        } catch (InvocationTargetException e) {
            System.out.println(e.getCause());
        }
    }

    public static void main(String[] args) throws Exception {
        Loader loader = new Loader();
        Class<?> calls = loader.define(code("Calls", new int[] {0x2a, 0xb9, 0, 14, 1, 0, 0xb0}, new int[0]));
        Method method = calls.getMethod("call", Object.class);
        Object implementor = new I() {
            @Override
            public String toString() {
                return "implementor";
            }
        };
        call(method, "none");
        call(method, implementor);
        call(method, "none");
        call(method, null);
        // Frames: same_locals_1_stack_item at 2 with type 9, same at 4; goto, aload, areturn, an illegal instruction.
        int[] map = {0, 2, 66, 9, 1};
        Class<?> bad = loader.define(code("Bad", new int[] {0x2a, 0xb0, 0x2a, 0xb0, 0xf8}, map));
        try {
            System.out.println(bad.getMethod("call", Object.class));
        } catch (VerifyError e) {
            System.out.println(e.getMessage());
        }
    }
}
