import java.lang.reflect.*;
import java.util.*;
import java.util.function.*;

/** Generic signatures: type variables, bounds, wildcards, parameterized and array types, owners. */
public class Generics<T extends Number & Comparable<T>, U> {
    T t;
    U[] us;
    List<? extends T> ext;
    Map<String, ? super List<int[]>> sup;
    List<?>[][] arr;
    Map.Entry<T, U> entry;
    Inner<String> inner;
    Outer<String>.In<Integer> nested;
    class Inner<V> {
        V v;
        T t;
    }
    static class Outer<A>{class In<B>{}} < X extends Exception, Y
        extends X > List<Y> m(X x, Map<? super Y, T[]> q, int i) throws X {
        return null;
    }
    static abstract class Sub<Z>
        extends ArrayList<Map<String, Z>> implements Function<Z, List<Z>>, Comparable<Sub<?>> {}
    static class Rec<S extends Rec<S>> {}
    Generics(List<String> l, T... ts) {}
    static String d(Type t) {
        if (t instanceof ParameterizedType p)
            return "P(" + d(p.getRawType()) + " of "
                + Arrays.toString(Arrays.stream(p.getActualTypeArguments()).map(Generics::d).toArray())
                + (p.getOwnerType() == null ? "" : " in " + p.getOwnerType().getTypeName()) + ")";
        if (t instanceof GenericArrayType g) return "A(" + d(g.getGenericComponentType()) + ")";
        if (t instanceof WildcardType w)
            return "W(" + Arrays.toString(w.getUpperBounds()) + Arrays.toString(w.getLowerBounds()) + ")";
        if (t instanceof TypeVariable<?> v)
            return "V(" + v.getName() + ":" + Arrays.toString(v.getBounds()) + "@"
                + v.getGenericDeclaration().getClass().getSimpleName() + ")";
        return ((Class<?>) t).getSimpleName();
    }
    public static void main(String[] args) throws Exception {
        for (String n : "t us ext sup arr entry inner nested".split(" ")) {
            Type t = Generics.class.getDeclaredField(n).getGenericType();
            System.out.println(n + " " + t + " -> " + d(t));
        }
        Method m =
            Arrays.stream(Generics.class.getDeclaredMethods()).filter(x -> x.getName().equals("m")).findFirst().get();
        System.out.println(m.toGenericString() + " " + d(m.getGenericReturnType())
            + Arrays.toString(Arrays.stream(m.getGenericParameterTypes()).map(Generics::d).toArray())
            + d(m.getGenericExceptionTypes()[0]) + Arrays.toString(m.getTypeParameters()));
        System.out.println(d(Sub.class.getGenericSuperclass())
            + Arrays.toString(Arrays.stream(Sub.class.getGenericInterfaces()).map(Generics::d).toArray())
            + Sub.class.toGenericString() + " " + Generics.class.toGenericString() + " " + Rec.class.toGenericString());
        System.out.println(d(Rec.class.getTypeParameters()[0]) + " "
            + d(Generics.class.getDeclaredConstructors()[0].getGenericParameterTypes()[1]) + " "
            + d(new ArrayList<Map<String, Integer>>() {}.getClass().getGenericSuperclass()) + " "
            + HashMap.class.toGenericString() + " "
            + Collections.class.getMethod("max", Collection.class).toGenericString());
        System.out.println(Sub.class.getGenericSuperclass().equals(Sub.class.getGenericSuperclass()) + " "
            + (Sub.class.getGenericSuperclass().hashCode() == Sub.class.getGenericSuperclass().hashCode()) + " "
            + String.class.getGenericSuperclass() + " " + Arrays.toString(String.class.getGenericInterfaces())
            + int.class.getGenericSuperclass() + Enum.class.getTypeParameters()[0].getBounds()[0]);
    }
}
