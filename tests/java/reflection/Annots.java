import java.lang.annotation.*;
import java.lang.reflect.*;
import java.util.*;

/** Annotations: all element types, defaults, inheritance, repeatable, type annotations, parameters, equality. */
public class Annots {
    enum Level { LOW, HIGH }
    @Retention(RetentionPolicy.RUNTIME)
    @interface In {
        String value() default "in";
    }
    @Retention(RetentionPolicy.RUNTIME)
    @Inherited
    @interface All {
        byte b() default 1;
        short s() default 2;
        int i() default 3;
        long l() default 4;
        float f() default 5.5f;
        double d() default 6.5;
        boolean z() default true;
        char c() default 'c';
        String str() default "def\"ault";
        Class<?> k() default Void.class;
        Level e() default Level.LOW;
        In in() default @In;
        int[] is() default {1, 2};
        String[] ss() default {};
        Class<?>[] ks() default {int.class, String[].class};
        Level[] es() default {Level.HIGH};
        In[] ins() default { @In("a"), @In("b") };
    }
    @Retention(RetentionPolicy.RUNTIME)
    @Repeatable(Tags.class)
    @interface Tag {
        String value();
        int p() default 0;
    }
    @Retention(RetentionPolicy.RUNTIME)
    @interface Tags {
        Tag[] value();
    }
    @Retention(RetentionPolicy.CLASS)
    @interface NotSeen {}
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.TYPE_USE)
    @interface Ty {
        int value() default 0;
    }
    @All(i = 42, str = "given", ss = {"x", "y"}, k = List.class, in = @In("over"))
    @Tag("t1")
    @Tag(value = "t2", p = 5)
    @NotSeen
    static class Base {
        @Deprecated(since = "9", forRemoval = false) public int field;
        @All
        public void m(@In("p0") int a, String b, @In @Tag("p") long c) {}
        @Tag("only")
        @In
        Base() {}
        @Ty(1) List<@Ty(2) String> typed;
        @Ty(3)
        String ret(@Ty(4) int x) throws @Ty(5) RuntimeException {
            return null;
        }
    }
    @Tag("sub") static class Sub<@Ty(6) T extends @Ty(7) Number> extends Base implements @Ty
    (8) Runnable {
        @Override
        public void m(int a, String b, long c) {}
        public void run() {}
    }
    public static void main(String[] args) throws Exception {
        All a = Base.class.getAnnotation(All.class);
        System.out.println(a.b() + " " + a.s() + " " + a.i() + " " + a.l() + " " + a.f() + " " + a.d() + " " + a.z()
            + " " + a.c() + " " + a.str() + " " + a.k() + " " + a.e() + " " + a.in().value() + " "
            + Arrays.toString(a.is()) + Arrays.toString(a.ss()) + Arrays.toString(a.ks()) + Arrays.toString(a.es())
            + a.ins()[1].value());
        System.out.println(Base.class.getAnnotation(All.class).equals(Sub.class.getAnnotation(All.class)) + " "
            + (a.hashCode() == Sub.class.getAnnotation(All.class).hashCode()) + " " + a.annotationType().getSimpleName()
            + " " + (a instanceof Annotation) + " " + Proxy.isProxyClass(a.getClass()) + " " + a.equals("x"));
        System.out.println(Base.class.getMethod("m", int.class, String.class, long.class).getAnnotation(All.class));
        System.out.println(Arrays.toString(Base.class.getAnnotationsByType(Tag.class))
            + Base.class.getAnnotations().length + " " + Base.class.getAnnotation(Tag.class) + " "
            + Sub.class.getAnnotations().length + Sub.class.getDeclaredAnnotations().length
            + Sub.class.isAnnotationPresent(Tags.class));
        for (Annotation[] p : Base.class.getMethod("m", int.class, String.class, long.class).getParameterAnnotations())
            System.out.print(Arrays.toString(p));
        System.out.println(Sub.class.getMethod("m", int.class, String.class, long.class).getAnnotations().length);
        for (Parameter p : Base.class.getMethod("m", int.class, String.class, long.class).getParameters())
            System.out.print(p + " " + p.isNamePresent() + p.getAnnotations().length + "; ");
        System.out.println();
        System.out.println(Arrays.toString(Base.class.getDeclaredConstructor().getAnnotations())
            + Arrays.toString(Base.class.getField("field").getAnnotations())
            + All.class.getMethod("i").getDefaultValue() + In.class.getMethod("value").getDefaultValue());
        Field tf = Base.class.getDeclaredField("typed");
        System.out.println(tf.getAnnotatedType() + " | "
            + ((AnnotatedParameterizedType) tf.getAnnotatedType())
                .getAnnotatedActualTypeArguments()[0]
                .getAnnotation(Ty.class));
        Method rm = Base.class.getDeclaredMethod("ret", int.class);
        System.out.println(rm.getAnnotatedReturnType() + " " + rm.getAnnotatedParameterTypes()[0] + " "
            + rm.getAnnotatedExceptionTypes()[0]);
        System.out.println(Sub.class.getTypeParameters()[0].getAnnotations()[0] + " "
            + Sub.class.getTypeParameters()[0].getAnnotatedBounds()[0] + " " + Sub.class.getAnnotatedInterfaces()[0]);
        a.is()[0] = 99;
        System.out.println(a.is()[0]);
        System.out.println(Deprecated.class.isAnnotation() + " "
            + FunctionalInterface.class.getAnnotation(Retention.class).value() + " "
            + Runnable.class.isAnnotationPresent(FunctionalInterface.class));
        try {
            ((In) Proxy.newProxyInstance(Annots.class.getClassLoader(), new Class<?>[] {In.class}, (p, m, x) -> 5))
                .value();
        } catch (ClassCastException e) { System.out.println("CCE"); }
    }
}
