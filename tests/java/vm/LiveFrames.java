// jvm: --add-opens=java.base/java.lang=ALL-UNNAMED
import java.lang.reflect.Method;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Local variables, operands and monitors of live frames, which only the class library itself can ask for. */
public class LiveFrames {
    static StackWalker walker;

    static Object get(Object frame, String what) {
        try {
            Method method = Class.forName("java.lang.LiveStackFrame").getMethod(what);
            method.setAccessible(true);
            return method.invoke(frame);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** References as they print themselves, of others the low half. */
    static String value(Object slot) {
        if (slot == null || !slot.getClass().getName().startsWith("java.lang.LiveStackFrame")) {
            return String.valueOf(slot);
        }
        long value = (Long) get2(slot);
        return Integer.toString((int) value);
    }

    static Object get2(Object slot) {
        try {
            Method method = Class.forName("java.lang.LiveStackFrame$PrimitiveSlot").getDeclaredMethod("longValue");
            method.setAccessible(true);
            return method.invoke(slot);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    static List<StackWalker.StackFrame> frames() {
        return walker.walk(s -> s.filter(f -> f.getMethodName().startsWith("m")).collect(Collectors.toList()));
    }

    static String m1(int i, String text, char c, Object none) {
        StringBuilder out = new StringBuilder();
        for (StackWalker.StackFrame frame : frames()) {
            if (!frame.getMethodName().equals("m1")) {
                continue;
            }
            Object[] locals = (Object[]) get(frame, "getLocals");
            for (int n = 0; n < 4; n++) {
                out.append(value(locals[n])).append(' ');
            }
            out.append(locals.length > 4).append(' ');
            out.append(((Object[]) get(frame, "getMonitors")).length);
        }
        return out + text + i + c + none;
    }

    synchronized String m2(long wide) {
        String out = "";
        synchronized ("interned") {
            for (StackWalker.StackFrame frame : frames()) {
                if (!frame.getMethodName().equals("m2")) {
                    continue;
                }
                Object[] monitors = (Object[]) get(frame, "getMonitors");
                for (Object monitor : monitors) {
                    out += monitor instanceof LiveFrames ? "this " : monitor + " ";
                }
                Object[] locals = (Object[]) get(frame, "getLocals");
                boolean found = (Long) get2(locals[1]) == wide || (Long) get2(locals[2]) == wide;
                out += (locals[0] == this) + " " + found;
            }
        }
        return out;
    }

    static int m3(int a, int b, int c) {
        return a + b + c;
    }

    static int operands() {
        int count = -1;
        for (StackWalker.StackFrame frame : frames()) {
            if (frame.getMethodName().equals("m4")) {
                Object[] stack = (Object[]) get(frame, "getStack");
                count = stack.length;
                System.out.println(stack[0].getClass().getName() + " " + value(stack[1]));
            }
        }
        return count;
    }

    static void m4(String first) {
        System.out.println(m3(41, 42, operands()) + first);
    }

    public static void main(String[] args) throws Exception {
        Class<?> live = Class.forName("java.lang.LiveStackFrame");
        Method getStackWalker = live.getMethod("getStackWalker", Set.class);
        getStackWalker.setAccessible(true);
        walker = (StackWalker) getStackWalker.invoke(null, EnumSet.noneOf(StackWalker.Option.class));
        System.out.println(m1(17, "text", 'z', null));
        System.out.println(new LiveFrames().m2(0x123456789abcdefL));
        m4("!");
    }
}
