import java.util.*;
import java.util.stream.*;

/**
 * StackWalker through recursion, lambdas, reflection, constructors and initializers; caller classes; thread dumps of
 * oneself.
 */
public class StackWalking {
    static List<String> names() {
        return StackWalker.getInstance().walk(
            s -> s.map(f -> f.getMethodName() + ":" + f.getLineNumber()).collect(Collectors.toList()));
    }
    static Class<?> caller() {
        return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE).getCallerClass();
    }
    static class Inner {
        static final List<String> AT_INIT = names();
        final List<String> atNew;
        Inner() { atNew = names(); }
        Class<?> who() { return caller(); }
    }
    static List<String> deep(int n) { return n == 0 ? names() : deep(n - 1); }
    static long count(int n) { return n == 0 ? StackWalker.getInstance().walk(Stream::count) : count(n - 1); }
    public static void main(String[] args) throws Exception {
        System.out.println(names());
        System.out.println(deep(3));
        System.out.println(Inner.AT_INIT + " " + new Inner().atNew);
        System.out.println(caller() + " " + new Inner().who());
        System.out.println(count(0) + " " + count(200));
        java.util.function.Supplier<List<String>> s = () -> names();
        System.out.println(
            s.get().stream().map(x -> x.replaceAll("lambda\\$main\\$\\d+", "lambda")).collect(Collectors.toList()));
        Object viaReflection = StackWalking.class.getDeclaredMethod("names").invoke(null);
        System.out.println(viaReflection);
        System.out.println(""
            + StackWalker.getInstance(StackWalker.Option.SHOW_REFLECT_FRAMES)
                .walk(x -> x.anyMatch(f -> f.getClassName().startsWith("java.lang.reflect"))));
        System.out.println(""
            + StackWalker.getInstance(Set.of(StackWalker.Option.RETAIN_CLASS_REFERENCE))
                .walk(x
                    -> x.map(StackWalker.StackFrame::getDeclaringClass)
                        .map(Class::getSimpleName)
                        .collect(Collectors.toList())));
        StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
            .forEach(f
                -> System.out.println(f.getMethodType() + " " + f.getDescriptor() + " " + f.isNativeMethod() + " "
                    + f.getFileName() + " " + f.toStackTraceElement()));
        try {
            StackWalker.getInstance().getCallerClass();
        } catch (UnsupportedOperationException e) { System.out.println("UOE"); }
        System.out.println(StackWalker.getInstance().walk(x -> x.limit(1).findFirst()).get().getByteCodeIndex() >= 0);
        List<Integer> sorted = new ArrayList<>(List.of(2, 1));
        List<String> in = new ArrayList<>();
        sorted.sort((a, b) -> {
            if (in.isEmpty())
                in.addAll(StackWalker.getInstance().walk(x
                    -> x.map(StackWalker.StackFrame::getClassName)
                        .filter(c -> c.startsWith("java.util.ArrayList"))
                        .limit(1)
                        .collect(Collectors.toList())));
            return a - b;
        });
        System.out.println(in);
        StackTraceElement[] st = Thread.currentThread().getStackTrace();
        System.out.println(st[st.length - 1].getMethodName() + " " + new Throwable().getStackTrace().length);
    }
}
