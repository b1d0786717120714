import static java.lang.invoke.MethodType.methodType;

import java.lang.invoke.*;
import java.util.*;
import java.util.function.*;

/** LambdaMetafactory, StringConcatFactory, MethodHandleProxies and ObjectMethods called directly. */
public class Metafactory {
    static int twice(int x) { return 2 * x; }
    String pre;
    Metafactory(String p) { pre = p; }
    String greet(String s) { return pre + s; }
    public interface Adder {
        int add(int a, int b);
        default int addThree(int a, int b, int c) { return add(add(a, b), c); }
    }
    record Pt(int x, String y) {}
    interface Marker {}
    interface Prim {
        long ap(int i);
    }
    interface Bridge extends Function<String, String> {
        String apply(String s);
    }
    interface R {
        Object run() throws Throwable;
    }
    static void t(R r) {
        try {
            System.out.println(r.run());
        } catch (Throwable e) { System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage()); }
    }
    public static void main(String[] args) throws Throwable {
        MethodHandles.Lookup lk = MethodHandles.lookup();
        MethodHandle tw = lk.findStatic(Metafactory.class, "twice", methodType(int.class, int.class)),
                     gr = lk.findVirtual(Metafactory.class, "greet", methodType(String.class, String.class));
        IntUnaryOperator op = (IntUnaryOperator) LambdaMetafactory
                                  .metafactory(lk, "applyAsInt", methodType(IntUnaryOperator.class),
                                      methodType(int.class, int.class), tw, methodType(int.class, int.class))
                                  .getTarget()
                                  .invokeExact();
        System.out.println(op.applyAsInt(21));
        Function<String, String> f =
            (Function<String, String>) LambdaMetafactory
                .metafactory(lk, "apply", methodType(Function.class, Metafactory.class),
                    methodType(Object.class, Object.class), gr, methodType(String.class, String.class))
                .getTarget()
                .invokeExact(new Metafactory("hi "));
        System.out.println(f.apply("bob"));
        try {
            ((Function) f).apply(5);
        } catch (ClassCastException e) { System.out.println("CCE"); }
        Function<Integer, Integer> boxed =
            (Function<Integer, Integer>) LambdaMetafactory
                .metafactory(lk, "apply", methodType(Function.class), methodType(Object.class, Object.class), tw,
                    methodType(Integer.class, Integer.class))
                .getTarget()
                .invoke();
        System.out.println(boxed.apply(4));
        Prim p = (Prim) LambdaMetafactory
                     .metafactory(lk, "ap", methodType(Prim.class), methodType(long.class, int.class), tw,
                         methodType(long.class, int.class))
                     .getTarget()
                     .invoke();
        System.out.println(p.ap(7));
        Object alt = LambdaMetafactory
                         .altMetafactory(lk, "apply", methodType(Function.class, Metafactory.class),
                             methodType(Object.class, Object.class), gr, methodType(String.class, String.class),
                             LambdaMetafactory.FLAG_MARKERS | LambdaMetafactory.FLAG_BRIDGES, 1, Marker.class, 1,
                             methodType(String.class, String.class))
                         .getTarget()
                         .invoke(new Metafactory("alt "));
        System.out.println((alt instanceof Marker) + " " + ((Function<Object, Object>) alt).apply("x"));
        t(()
                -> LambdaMetafactory.metafactory(lk, "apply", methodType(String.class),
                    methodType(Object.class, Object.class), gr, methodType(String.class, String.class)));
        t(()
                -> LambdaMetafactory.metafactory(lk, "applyAsInt", methodType(IntUnaryOperator.class, int.class),
                    methodType(int.class, int.class), tw, methodType(int.class, int.class)));
        CallSite cs = StringConcatFactory.makeConcatWithConstants(lk, "c",
            methodType(String.class, int.class, String.class, double.class, char.class, Object.class),
            "a\u0001-\u0001|\u0001\u0001 \u0002 \u0001", "K");
        System.out.println((String) cs.getTarget().invokeExact(1, "s", 2.5, 'c', (Object) null));
        System.out.println(
            (String) StringConcatFactory.makeConcat(lk, "c", methodType(String.class, long.class, boolean.class))
                .getTarget()
                .invokeExact(5L, true));
        t(()
                -> StringConcatFactory.makeConcatWithConstants(
                    lk, "c", methodType(String.class, int.class), "\u0001\u0001"));
        Adder a = MethodHandleProxies.asInterfaceInstance(
            Adder.class, lk.findStatic(Integer.class, "sum", methodType(int.class, int.class, int.class)));
        System.out.println(a.add(3, 4) + " " + MethodHandleProxies.isWrapperInstance(a) + " "
            + MethodHandleProxies.wrapperInstanceTarget(a).isVarargsCollector() + " "
            + MethodHandleProxies.wrapperInstanceTarget(a).type());
        t(() -> MethodHandleProxies.asInterfaceInstance(Map.class, tw));
        MethodHandle eq = (MethodHandle) java.lang.runtime.ObjectMethods.bootstrap(lk, "equals", MethodHandle.class,
            Pt.class, "x;y", lk.findGetter(Pt.class, "x", int.class), lk.findGetter(Pt.class, "y", String.class));
        System.out.println((boolean) eq.invoke(new Pt(1, "a"), (Object) new Pt(1, "a")));
        Runnable[] rs = new Runnable[10];
        int[] sum = {0};
        for (int i = 0; i < 10; i++) {
            int k = i;
            rs[i] = () -> sum[0] += k;
        }
        for (int r = 0; r < 300; r++)
            for (Runnable q : rs) q.run();
        System.out.println(sum[0] + " " + (rs[0].getClass() == rs[9].getClass()));
        Supplier<Supplier<String>> ss = () -> () -> "nested";
        System.out.println(ss.get().get());
        Supplier<Runnable> nonCap = () -> Metafactory::nothing;
        System.out.println((nonCap.get() == nonCap.get()) + "");
        ConstantBootstraps.nullConstant(lk, "_", String.class);
        System.out.println(ConstantBootstraps.enumConstant(lk, "NEW", Thread.State.class) + " "
            + ConstantBootstraps.primitiveClass(lk, "I", Class.class) + " "
            + ConstantBootstraps.getStaticFinal(lk, "MAX_VALUE", int.class, Integer.class) + " "
            + ConstantBootstraps.invoke(lk, "_", int.class, tw, 8));
        BiFunction<String, Integer, Character> bf = String::charAt;
        ToLongFunction<List<?>> tl = List::size;
        IntFunction<String[]> mk = String[] ::new;
        System.out.println(bf.apply("abc", 1) + " " + tl.applyAsLong(List.of(1, 2)) + mk.apply(2).length);
        Bridge br = s -> s + "!";
        Function<String, String> fb = br;
        System.out.println(fb.apply("bridge"));
    }
    static void nothing() {}
}
