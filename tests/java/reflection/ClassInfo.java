import java.lang.reflect.*;
import java.util.*;

/** What java.lang.Class says about classes of all kinds. */
public class ClassInfo {
    class Member {}
    static class Nest {
        class Deep {}
    }
    interface If {}
    @interface An {}
    enum En {
        A {}
    }
    record Re(int a, List<String> b) {}
    sealed interface Se permits P1 {}
    static final class P1 implements Se {}
    static Class<?> anon() {
        return new Object() {}.getClass();
    }
    static Class<?> local() {
        class Local {}
        return Local.class;
    }
    Class<?> localInCtor;
    ClassInfo() {
        class L {}
        localInCtor = L.class;
    }
    static void show(Class<?> c) {
        System.out.println(c.getName() + " | " + c.getSimpleName() + " | " + c.getTypeName() + " | "
            + c.getCanonicalName() + " | " + Modifier.toString(c.getModifiers()) + " | " + c.getPackageName() + " | "
            + (c.isInterface() ? "I" : "") + (c.isArray() ? "[" : "") + (c.isPrimitive() ? "P" : "")
            + (c.isEnum() ? "E" : "") + (c.isRecord() ? "R" : "") + (c.isAnnotation() ? "@" : "")
            + (c.isAnonymousClass() ? "a" : "") + (c.isLocalClass() ? "l" : "") + (c.isMemberClass() ? "m" : "")
            + (c.isSealed() ? "s" : "") + (c.isHidden() ? "h" : "") + (c.isSynthetic() ? "y" : "") + " | "
            + c.getEnclosingClass() + " | " + c.getDeclaringClass() + " | "
            + (c.getEnclosingMethod() == null ? null : c.getEnclosingMethod().getName()) + " | "
            + (c.getEnclosingConstructor() != null) + " | " + c.getSuperclass() + " | "
            + Arrays.toString(c.getInterfaces()) + " | " + c.getComponentType() + " | " + c.descriptorString() + " | "
            + c.getNestHost().getSimpleName() + " | " + c.arrayType().getName());
    }
    public static void main(String[] args) throws Exception {
        for (Class<?> c : new Class<?>[] {ClassInfo.class, Member.class, Nest.class, Nest.Deep.class, If.class,
                 An.class, En.class, En.A.getClass(), Re.class, Se.class, anon(), local(), new ClassInfo().localInCtor,
                 int.class, boolean.class, int[].class, int[][].class, String[].class, Member[][].class, Object.class,
                 List.class, Map.Entry.class, Thread.State.class, Override.class})
            show(c);
        System.out.println(void.class + " " + void.class.getName() + " " + void.class.isPrimitive());
        System.out.println(Arrays.toString(Re.class.getRecordComponents())
            + Re.class.getRecordComponents()[1].getGenericType()
            + Re.class.getRecordComponents()[0].getAccessor().invoke(new Re(5, null)) + " "
            + Arrays.toString(Se.class.getPermittedSubclasses()) + Arrays.toString(En.class.getEnumConstants())
            + (If.class.getEnumConstants() == null));
        List<String> nest = new ArrayList<>();
        for (Class<?> c : ClassInfo.class.getNestMembers()) nest.add(c.getName());
        Collections.sort(nest);
        System.out.println(
            nest + " " + ClassInfo.class.isNestmateOf(Member.class) + ClassInfo.class.isNestmateOf(String.class));
        nest.clear();
        for (Class<?> c : ClassInfo.class.getDeclaredClasses()) nest.add(c.getSimpleName());
        Collections.sort(nest);
        System.out.println(nest);
        System.out.println(Number.class.isAssignableFrom(Integer.class) + " "
            + Integer.class.isAssignableFrom(Number.class) + " " + Object[].class.isAssignableFrom(String[].class) + " "
            + Object[].class.isAssignableFrom(int[].class) + " " + Object.class.isAssignableFrom(int[].class) + " "
            + int.class.isAssignableFrom(short.class) + " " + Cloneable.class.isAssignableFrom(int[].class) + " "
            + Comparable.class.isInstance("x") + " " + int.class.isInstance(5) + " "
            + Object[][].class.isAssignableFrom(int[][][].class) + " "
            + Object[].class.isAssignableFrom(int[][].class));
        System.out.println(String.class.cast("ok") + " " + Integer.class.asSubclass(Number.class));
        try {
            Integer.class.cast("x");
        } catch (ClassCastException e) { System.out.println(e.getMessage()); }
        try {
            String.class.asSubclass(Number.class);
        } catch (ClassCastException e) { System.out.println(e.getMessage()); }
        for (String n : new String[] {"[I", "[[Ljava.lang.String;", "java.util.Map$Entry", "java/lang/String", "[X",
                 "I", "", "[[", "java.lang.string", "[Ljava.lang.String"})
            try {
                System.out.println(Class.forName(n));
            } catch (ClassNotFoundException e) { System.out.println("CNFE " + e.getMessage()); }
        System.out.println(ClassInfo.class.getPackage() + " " + String.class.getPackage() + " "
            + String.class.getModule() + " " + ClassInfo.class.getModule().isNamed() + " " + int[].class.getModule()
            + " " + int.class.getModule().getName() + " "
            + ClassInfo.class.getProtectionDomain().getCodeSource().getLocation().getPath().endsWith("/") + " "
            + String.class.getClassLoader() + " " + int[].class.getClassLoader() + " "
            + ClassInfo.class.desiredAssertionStatus() + " " + String.class.hashCode() * 0
            + ClassInfo.class.getSigners() + " " + Integer.TYPE + " " + Integer[].class.getComponentType().getName()
            + " " + Class.forName("ClassInfo$Nest").newInstance().getClass().getSimpleName() + " "
            + Runnable.class.isHidden());
        Runnable r = () -> {};
        System.out.println(r.getClass().isHidden() + " " + r.getClass().isSynthetic() + " "
            + r.getClass().getSimpleName().startsWith("ClassInfo$$Lambda") + " " + r.getClass().getName().contains("/")
            + " " + r.getClass().getNestHost().getSimpleName() + " " + r.getClass().getCanonicalName());
    }
}
