import static java.lang.invoke.MethodHandles.*;
import static java.lang.invoke.MethodType.methodType;

import java.lang.invoke.*;
import java.util.*;

/** The combinators of MethodHandles: adaptation, folding, guards, loops, exceptions, collectors, spreaders. */
public class Combinators {
    static String cat(String a, String b) { return a + b; }
    static int add(int a, int b) { return a + b; }
    static long wide(long a, double b, int c) { return a + (long) b * c; }
    static boolean isNeg(int x) { return x < 0; }
    static int neg(int x) { return -x; }
    static int id(int x) { return x; }
    static int thrower(int x) { throw new IllegalStateException("t" + x); }
    static int handler(IllegalStateException e, int x) { return e.getMessage().length() + x; }
    static String fin(Throwable t, String r, int x) { return r + "/" + (t == null ? "ok" : t.getMessage()) + x; }
    static String maybe(int x) {
        if (x == 0) throw new IllegalArgumentException("zero");
        return "v" + x;
    }
    static boolean less(int i, int n) { return i < n; }
    static int step(int i) { return i + 2; }
    static int body(int acc, int i) { return acc * 3 + i; }
    static int fold(int a, int b, int c) { return a * 100 + b * 10 + c; }
    static void log(int x) { System.out.print("log" + x + " "); }
    interface R {
        Object run() throws Throwable;
    }
    static void t(R r) {
        try {
            System.out.println(r.run());
        } catch (Throwable e) {
            System.out.println(
                e.getClass().getSimpleName() + ": " + (e.getMessage() + "").replaceAll("@[0-9a-f]{6,}", "@"));
        }
    }
    public static void main(String[] args) throws Throwable {
        Lookup lk = lookup();
        MethodHandle cat =
                         lk.findStatic(Combinators.class, "cat", methodType(String.class, String.class, String.class)),
                     add = lk.findStatic(Combinators.class, "add", methodType(int.class, int.class, int.class)),
                     wide = lk.findStatic(
                         Combinators.class, "wide", methodType(long.class, long.class, double.class, int.class)),
                     isNeg = lk.findStatic(Combinators.class, "isNeg", methodType(boolean.class, int.class)),
                     neg = lk.findStatic(Combinators.class, "neg", methodType(int.class, int.class)),
                     id = lk.findStatic(Combinators.class, "id", methodType(int.class, int.class)),
                     thrower = lk.findStatic(Combinators.class, "thrower", methodType(int.class, int.class)),
                     handler = lk.findStatic(
                         Combinators.class, "handler", methodType(int.class, IllegalStateException.class, int.class)),
                     fold = lk.findStatic(
                         Combinators.class, "fold", methodType(int.class, int.class, int.class, int.class)),
                     logh = lk.findStatic(Combinators.class, "log", methodType(void.class, int.class));
        t(() -> insertArguments(cat, 0, "x").invoke("y"));
        t(() -> insertArguments(wide, 1, 2.5, 3).invoke(10L));
        t(() -> dropArguments(add, 1, String.class, long.class).invoke(1, "s", 2L, 3));
        t(()
                -> permuteArguments(cat, methodType(String.class, String.class, int.class, String.class), 2, 0)
                    .invoke("a", 5, "b"));
        t(() -> permuteArguments(add, methodType(int.class, int.class), 0, 0).invoke(21));
        t(() -> filterArguments(add, 0, neg, neg).invoke(3, 4));
        t(() -> filterReturnValue(add, neg).invoke(3, 4));
        t(() -> filterReturnValue(add, logh).invoke(3, 4));
        t(() -> guardWithTest(isNeg, neg, id).invoke(-5) + " " + guardWithTest(isNeg, neg, id).invoke(6));
        t(() -> catchException(thrower, IllegalStateException.class, handler).invoke(40));
        t(() -> foldArguments(fold, add).invoke(2, 3));
        t(() -> foldArguments(add, logh.asType(methodType(void.class, int.class))).invoke(8, 9));
        t(() -> collectArguments(fold, 1, add).invoke(1, 2, 3, 4));
        t(() -> cat.asSpreader(Object[].class, 2).invoke(new Object[] {"p", "q"}));
        t(() -> cat.asSpreader(String[].class, 1).invoke("p", new String[] {"z"}));
        t(() -> cat.asSpreader(Object[].class, 2).invoke(new Object[] {"p"}));
        t(()
                -> lk.findStatic(Arrays.class, "asList", methodType(List.class, Object[].class))
                    .asCollector(Object[].class, 3)
                    .invoke(1, 2, 3));
        t(()
                -> lk.findStatic(Arrays.class, "toString", methodType(String.class, int[].class))
                    .asCollector(int[].class, 4)
                    .invoke(1, 2, 3, 4));
        t(()
                -> lk.findStatic(String.class, "format", methodType(String.class, String.class, Object[].class))
                    .invoke("%s-%s", 1, 'c'));
        t(()
                -> lk.findStatic(String.class, "format", methodType(String.class, String.class, Object[].class))
                    .asVarargsCollector(Object[].class)
                    .invoke("%d", 5));
        t(() -> constant(String.class, "const").invoke());
        t(() -> identity(long.class).invoke(5L));
        t(() -> zero(double.class).invoke());
        t(() -> empty(methodType(int.class, String.class)).invoke("x"));
        t(() -> arrayElementGetter(int[].class).invoke(new int[] {4, 5}, 1));
        t(() -> {
            String[] a = new String[1];
            arrayElementSetter(String[].class).invoke(a, 0, "set");
            return a[0];
        });
        t(() -> arrayLength(long[].class).invoke(new long[7]));
        t(() -> ((double[]) arrayConstructor(double[].class).invoke(3)).length);
        t(() -> throwException(int.class, IllegalStateException.class).invoke(new IllegalStateException("thrown")));
        t(() -> exactInvoker(add.type()).invoke(add, 5, 6));
        t(() -> invoker(methodType(Object.class, Object.class, Object.class)).invoke(add, 7, 8));
        t(() -> spreadInvoker(add.type(), 1).invoke(add, 1, new Object[] {2}));
        t(() -> add.asType(methodType(long.class, byte.class, Integer.class)).invoke((byte) 1, (Integer) 2));
        t(() -> add.asType(methodType(Object.class, Object.class, Object.class)).invoke(1, (short) 2));
        t(() -> add.asType(methodType(Object.class, Object.class, Object.class)).invoke(1, 2L));
        t(() -> add.asType(methodType(int.class, String.class, int.class)));
        t(() -> explicitCastArguments(add, methodType(byte.class, long.class, double.class)).invoke(300L, 2.9));
        t(() -> explicitCastArguments(isNeg, methodType(Object.class, Object.class)).invoke((Object) null));
        t(() -> explicitCastArguments(id, methodType(boolean.class, boolean.class)).invoke(true));
        t(()
                -> tryFinally(lk.findStatic(Combinators.class, "maybe", methodType(String.class, int.class)),
                    lk.findStatic(
                        Combinators.class, "fin", methodType(String.class, Throwable.class, String.class, int.class)))
                    .invoke(3));
        t(()
                -> tryFinally(lk.findStatic(Combinators.class, "maybe", methodType(String.class, int.class)),
                    lk.findStatic(
                        Combinators.class, "fin", methodType(String.class, Throwable.class, String.class, int.class)))
                    .invoke(0));
        MethodHandle less = lk.findStatic(Combinators.class, "less", methodType(boolean.class, int.class, int.class)),
                     step = lk.findStatic(Combinators.class, "step", methodType(int.class, int.class)),
                     body = lk.findStatic(Combinators.class, "body", methodType(int.class, int.class, int.class));
        t(() -> whileLoop(constant(int.class, 1), less, dropArguments(step, 1, int.class)).invoke(10));
        t(() -> doWhileLoop(constant(int.class, 1), dropArguments(step, 1, int.class), less).invoke(0));
        t(() -> countedLoop(constant(int.class, 5), constant(int.class, 1), body).invoke());
        t(() -> countedLoop(constant(int.class, 3), constant(int.class, 6), constant(int.class, 0), body).invoke());
        t(()
                -> iteratedLoop(
                    null, constant(int.class, 0), add.asType(methodType(int.class, int.class, Object.class)))
                    .invoke(List.of(1, 2, 3)));
        t(()
                -> tableSwitch(dropArguments(constant(String.class, "def"), 0, int.class),
                    dropArguments(constant(String.class, "zero"), 0, int.class),
                    dropArguments(constant(String.class, "one"), 0, int.class))
                    .invoke(1));
        t(() -> foldArguments(fold, 1, add.asType(methodType(int.class, int.class, int.class))).type());
        t(() -> dropReturn(add).invoke(1, 2));
        t(() -> dropArgumentsToMatch(neg, 0, List.of(String.class, int.class), 1).invoke("x", 4));
        t(()
                -> loop(
                    new MethodHandle[] {constant(int.class, 0), step,
                        dropArguments(less, 2, new Class<?>[0]).bindTo(5).asType(methodType(boolean.class, int.class)),
                        identity(int.class)})
                    .type());
        t(() -> insertArguments(add, 2, 1));
        t(() -> insertArguments(cat, 0, 5));
        t(() -> filterArguments(add, 0, cat));
        t(() -> guardWithTest(neg, neg, id));
        t(() -> permuteArguments(add, methodType(int.class, int.class), 0, 1));
        t(() -> catchException(thrower, IllegalStateException.class, neg));
        t(() -> foldArguments(cat, add));
        t(() -> collectArguments(fold, 5, add));
        t(() -> add.bindTo("x"));
        t(() -> dropArguments(add, 5, int.class));
        t(() -> arrayElementGetter(String.class));
        MethodHandle chain = identity(int.class);
        for (int i = 0; i < 30; i++) chain = filterReturnValue(chain, insertArguments(add, 0, i));
        int x = (int) chain.invokeExact(1);
        System.out.println(x);
        int s = 0;
        MethodHandle g = guardWithTest(isNeg, neg, chain);
        for (int i = -500; i < 500; i++) s += (int) g.invokeExact(i);
        System.out.println(s);
        SwitchPoint sp = new SwitchPoint();
        MethodHandle sw = sp.guardWithTest(neg, id);
        System.out.println(sw.invoke(5) + " " + sp.hasBeenInvalidated());
        SwitchPoint.invalidateAll(new SwitchPoint[] {sp});
        System.out.println(sw.invoke(5) + " " + sp.hasBeenInvalidated());
        MutableCallSite mcs = new MutableCallSite(neg);
        MethodHandle dyn = mcs.dynamicInvoker();
        System.out.print(dyn.invoke(3) + " ");
        mcs.setTarget(id);
        System.out.print(dyn.invoke(3) + " ");
        VolatileCallSite vcs = new VolatileCallSite(methodType(int.class, int.class));
        try {
            vcs.dynamicInvoker().invoke(1);
        } catch (IllegalStateException e) { System.out.print("unset "); }
        vcs.setTarget(neg);
        System.out.println(vcs.dynamicInvoker().invoke(4) + " " + new ConstantCallSite(id).getTarget().invoke(6));
        try {
            new ConstantCallSite(id).setTarget(neg);
        } catch (UnsupportedOperationException e) { System.out.println("UOE"); }
        try {
            mcs.setTarget(add);
        } catch (WrongMethodTypeException e) { System.out.println(e.getMessage()); }
    }
}
