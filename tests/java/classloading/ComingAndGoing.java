import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.WeakReference;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Loaders and hidden classes that come and go, their memory taken by the next ones, with code outside that saw them. */
public class ComingAndGoing {
    /** What the outside knows of the classes of the loaders. */
    public interface Shape {
        int area(int scale);

        default String describe() {
            return "shape" + area(2);
        }
    }

    static final class Loader extends ClassLoader {
        Loader() {
            super(ComingAndGoing.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("ComingAndGoingPlugin")) {
                return super.loadClass(name, resolve);
            }
            if (name.endsWith("Missing")) {
                throw new ClassNotFoundException(name);
            }
            Class<?> known = findLoadedClass(name);
            if (known != null) {
                return known;
            }
            byte[] bytes = bytesOf(name);
            return defineClass(name, bytes, 0, bytes.length);
        }
    }

    static byte[] bytesOf(String name) {
        try (InputStream in = ComingAndGoing.class.getResourceAsStream("/" + name + ".class")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Made hidden. */
    static class Ghost implements Shape {
        final Object[] row = new Ghost[2];

        public int area(int scale) {
            row[1] = this;
            String text = "scale " + scale;
            return scale + text.length();
        }

        static RuntimeException complain() {
            return new IllegalStateException("ghost");
        }
    }

    static final List<WeakReference<Class<?>>> SEEN = new ArrayList<>();
    static final List<Throwable> KEPT = new ArrayList<>();

    /** Code outside whose calls, casts and profiles see the classes of all loaders. */
    static int use(Object object, Object array) {
        int sum = 0;
        for (int i = 0; i < 50; i++) {
            sum += ((Shape) object).area(i);
            sum += object instanceof Supplier ? 1 : 0;
            sum += array instanceof Shape[] ? 2 : 0;
        }
        Shape[] shapes = (Shape[]) array;
        shapes[0] = (Shape) object;
        return sum + shapes[0].describe().length();
    }

    static String plugin(int round) throws Throwable {
        Class<?> c = new Loader().loadClass("ComingAndGoingPlugin");
        SEEN.add(new WeakReference<>(c));
        Constructor<?> constructor = c.getDeclaredConstructor();
        constructor.setAccessible(true);
        Object plugin = constructor.newInstance();
        String text = use(plugin, Array.newInstance(c, 1)) + " " + ((Supplier<?>) plugin).get();
        Method area = c.getMethod("area", int.class);
        area.setAccessible(true);
        for (int i = 0; i < 20; i++) {
            text = text.length() + ":" + area.invoke(plugin, i) + text.substring(text.indexOf(' '));
        }
        MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(c, MethodHandles.lookup());
        MethodHandle handle = lookup.findVirtual(c, "get", MethodType.methodType(String.class));
        handle = handle.asType(MethodType.methodType(Object.class, Object.class));
        text += ((String) (Object) handle.invokeExact(plugin)).length();
        Method fail = c.getMethod("fail", int.class);
        fail.setAccessible(true);
        try {
            fail.invoke(plugin, 2);
        } catch (InvocationTargetException e) {
            if (round % 5 == 0) {
                KEPT.add(e.getCause());
            }
        }
        return text;
    }

    static String hidden(int round) throws Throwable {
        MethodHandles.Lookup lookup =
            MethodHandles.lookup().defineHiddenClass(bytesOf("ComingAndGoing$Ghost"), true, MethodHandles.Lookup.ClassOption.NESTMATE);
        Class<?> c = lookup.lookupClass();
        SEEN.add(new WeakReference<>(c));
        Object ghost = c.getDeclaredConstructor().newInstance();
        Object array = Array.newInstance(c, 2);
        MethodHandle complain = lookup.findStatic(c, "complain", MethodType.methodType(RuntimeException.class));
        if (round % 5 == 0) {
            KEPT.add((RuntimeException) complain.invoke());
        }
        return use(ghost, array) + " " + Array.newInstance(array.getClass(), 1).getClass().getName().startsWith("[[LComingAndGoing$Ghost");
    }

    /** The array classes of a hidden class live as long as it. */
    static boolean arrays() throws Throwable {
        Class<?> c = MethodHandles.lookup().defineHiddenClass(bytesOf("ComingAndGoing$Ghost"), false).lookupClass();
        int hash = System.identityHashCode(Array.newInstance(c, 1, 1).getClass());
        for (int i = 0; i < 3; i++) {
            System.gc();
            hidden(1);
        }
        Object[] row = (Object[]) Array.newInstance(c, 1);
        return System.identityHashCode(c.arrayType().arrayType()) == hash && row.getClass().getComponentType() == c
            && row instanceof Shape[];
    }

    static String trace(Throwable kept) {
        StackTraceElement[] trace = kept.getStackTrace();
        String text = kept.getClass().getSimpleName() + " " + kept.getMessage();
        for (StackTraceElement element : trace) {
            if (!element.getMethodName().startsWith("lambda") && element.getClassName().startsWith("ComingAndGoing")) {
                text += " " + element.getMethodName();
            }
        }
        return text;
    }

    /** Are all classes gone but those of the kept traces, and a few that caches or old stack slots may hold? */
    static boolean gone() throws InterruptedException {
        for (int i = 0; i < 100; i++) {
            System.gc();
            if (SEEN.stream().filter(reference -> reference.get() != null).count() <= KEPT.size() + 3) {
                return true;
            }
            Thread.sleep(3);
        }
        return false;
    }

    public static void main(String[] args) throws Throwable {
        String first = plugin(0);
        String ghost = hidden(0);
        System.out.println(first);
        System.out.println(ghost);
        System.out.println(arrays());
        for (int round = 1; round < 11; round++) {
            if (!plugin(round).equals(first) || !hidden(round).equals(ghost)) {
                System.out.println("another answer in round " + round);
            }
            if (round % 4 == 0) {
                System.gc();
            }
        }
        System.out.println(gone());
        for (Throwable kept : KEPT) {
            System.out.println(trace(kept));
        }
        KEPT.clear();
        System.out.println(gone());
    }
}

/** Defined anew by each loader, with all its nest mates. */
class ComingAndGoingPlugin implements ComingAndGoing.Shape, Supplier<String> {
    static int made;
    static ComingAndGoingPlugin[][] grid = new ComingAndGoingPlugin[2][3];
    final int size;

    interface Named {
        String name();

        default String twice() {
            return name() + name();
        }
    }

    record Point(int x, int y) implements Named {
        public String name() {
            return "p" + x + y;
        }
    }

    enum Colour implements Named {
        RED, GREEN {
            @Override
            public String twice() {
                return "gg";
            }
        }
    }

    static class Broken {
        static final int VALUE = Integer.parseInt("none");
    }

    static class Misfit {
        static String call() {
            return Missing.text();
        }
    }

    static class Missing {
        static String text() {
            return "not to be found";
        }
    }

    public static class Trouble extends RuntimeException {
        Trouble(String text) {
            super(text);
        }
    }

    class Part implements ComingAndGoing.Shape {
        public int area(int scale) {
            return size + scale;
        }
    }

    public ComingAndGoingPlugin() {
        size = ++made + 4;
    }

    public int area(int scale) {
        return size * scale;
    }

    public String get() {
        grid[made % 2][made % 3] = this;
        List<Function<Integer, Integer>> steps = List.of(x -> x + size, ComingAndGoingPlugin::square, new Part()::area);
        int value = 1;
        for (Function<Integer, Integer> step : steps) {
            value = step.apply(value);
        }
        Named named = (Named) Proxy.newProxyInstance(ComingAndGoingPlugin.class.getClassLoader(), new Class<?>[] {Named.class},
            (proxy, method, arguments) -> method.getName());
        StringBuilder text = new StringBuilder();
        for (Named each : new Named[] {new Point(value, size), Colour.RED, Colour.GREEN, named}) {
            text.append(each.twice()).append(' ');
        }
        return text + "" + Arrays.toString(grid[0]).length() + new Point(1, 2).equals(new Point(1, 2)) + failures();
    }

    static int square(int x) {
        return x * x;
    }

    String failures() {
        String text = "";
        for (int i = 0; i < 2; i++) {
            try {
                text += Broken.VALUE;
            } catch (LinkageError e) {
                text += " " + e.getClass().getSimpleName();
            }
            try {
                text += Misfit.call();
            } catch (LinkageError e) {
                text += " " + e.getMessage();
            }
        }
        return text;
    }

    public void fail(int depth) {
        if (depth == 0) {
            throw new Trouble("trouble " + size);
        }
        Runnable deeper = () -> fail(depth - 1);
        deeper.run();
    }
}
