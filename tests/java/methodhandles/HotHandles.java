import java.lang.invoke.*;
import java.util.*;
import java.util.function.*;

/** Lambdas, method references and constant handles often enough to be compiled, with targets of every kind. */
public class HotHandles {
    interface Shape {
        int size();

        private int secret(int by) {
            return size() * by;
        }

        default IntUnaryOperator scaled() {
            return this::secret;
        }
    }

    record Square(int side) implements Shape {
        public int size() {
            return side * side;
        }
    }

    record Line(int length) implements Shape {
        public int size() {
            return length;
        }
    }

    static class Late {
        static final List<String> LOG = new ArrayList<>();

        static {
            LOG.add("initialized");
        }

        final int value;

        Late(int value) {
            this.value = value;
        }

        static int twice(int x) {
            return 2 * x;
        }
    }

    static final MethodHandle ADD, SIZE, LATE;
    static final MethodHandle NOTHING = MethodHandles.constant(String.class, null);

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            MethodType ints = MethodType.methodType(int.class, int.class, int.class);
            ADD = MethodHandles.insertArguments(lookup.findStatic(Math.class, "addExact", ints), 1, 3);
            SIZE = lookup.findVirtual(Shape.class, "size", MethodType.methodType(int.class));
            LATE = lookup.findStatic(Late.class, "twice", MethodType.methodType(int.class, int.class));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    static int through(int i) throws Throwable {
        Shape shape = (i & 1) == 0 ? new Square(i & 7) : new Line(i);
        return (int) ADD.invokeExact(i) + (int) SIZE.invokeExact(shape) + (NOTHING.invoke() == null ? 1 : 0);
    }

    static int size(Shape shape) throws Throwable {
        try {
            return (int) SIZE.invokeExact(shape);
        } catch (NullPointerException e) {
            return -1;
        }
    }

    public static void main(String[] args) throws Throwable {
        Function<Integer, Integer> chain = x -> x + 1;
        chain = chain.andThen(x -> x * 3).compose(x -> x - 2);
        Comparator<String> order = Comparator.comparing(String::length).thenComparing(Comparator.reverseOrder());
        String[] words = {"pear", "fig", "apple", "kiwi", "plum"};
        long sum = 0;
        int overflows = 0;
        for (int i = 0; i < 20_000; i++) {
            int k = i;
            Supplier<Late> make = () -> new Late(k);
            IntFunction<Late> constructor = Late::new;
            ToIntFunction<Shape> size = Shape::size;
            sum += make.get().value + constructor.apply(i).value + size.applyAsInt(new Square(i & 15));
            sum += new Line(i & 31).scaled().applyAsInt(2) + chain.apply(i & 1023);
            sum += order.compare(words[i % 5], words[i * 3 % 5]);
            sum += through(i) + (int) LATE.invokeExact(i & 3) + size(i % 1000 == 0 ? null : new Line(1));
            try {
                sum += (int) ADD.invokeExact(i % 2000 == 7 ? Integer.MAX_VALUE : i);
            } catch (ArithmeticException e) {
                overflows++;
            }
            sum += ("n" + i + ':' + (i & 1) + words[i % 5]).length();
        }
        Arrays.sort(words, order);
        System.out.println(sum + " " + overflows + " " + Arrays.toString(words) + " " + Late.LOG);
    }
}
