// jvm: --add-opens=java.base/java.lang.invoke=ALL-UNNAMED
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;

/** The VM's own methods that call a MemberName's method, as a lookup that may see all finds them. */
public class Linkers {
    public static void main(String[] args) throws Throwable {
        Field field = MethodHandles.Lookup.class.getDeclaredField("IMPL_LOOKUP");
        field.setAccessible(true);
        MethodHandles.Lookup lookup = (MethodHandles.Lookup) field.get(null);
        Class<?> memberName = Class.forName("java.lang.invoke.MemberName");
        for (String name : new String[] {"linkToStatic", "linkToSpecial", "linkToVirtual", "linkToInterface"}) {
            MethodType type = MethodType.methodType(Object.class, Object.class, memberName);
            MethodHandle handle = lookup.findStatic(MethodHandle.class, name, type);
            int modifiers = lookup.revealDirect(handle).getModifiers();
            System.out.println(name + " " + handle.isVarargsCollector() + " " + Modifier.toString(modifiers));
        }
    }
}
