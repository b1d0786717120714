import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntBinaryOperator;
import java.util.function.Supplier;

/** Much of the language in little code without effects outside: what the mutants are made of. */
@Deprecated(since = "1", forRemoval = false)
public class Rich<T extends Comparable<T>> implements Supplier<T>, Comparable<Rich<T>> {
    enum Kind {
        A,
        B {
            @Override
            int weight() {
                return 2;
            }
        };

        int weight() {
            return 1;
        }
    }

    record Point(int x, long y, double z) {}

    sealed interface Shape permits Square, Circle {}

    record Square(int side) implements Shape {}

    record Circle(float radius) implements Shape {}

    static final int CONSTANT = 77;
    static final String TEXT = "t\u00e9xt \ud83d\ude00";
    private final T value;
    protected volatile long counter;
    transient int[][] grid = new int[3][4];

    Rich(T value) {
        this.value = value;
    }

    @Override
    public T get() {
        return value;
    }

    @Override
    public int compareTo(Rich<T> other) {
        return value.compareTo(other.value);
    }

    static int apply(IntBinaryOperator operator, int a, int b) {
        return operator.applyAsInt(a, b);
    }

    static double arithmetic(int i, long l, float f, double d) {
        int shifted = (i << 3) ^ (i >>> 2) | (i & ~7);
        long product = l * i + (l >>> 5) - (l % 13);
        float quotient = f / 3 + (float) product;
        return d * quotient - shifted + (byte) i + (short) l + (char) i + (d > f ? 1 : -1);
    }

    static String select(Object thing) {
        if (thing instanceof Square s && s.side() > 2) return "square " + s;
        switch (thing.toString()) {
            case "one":
                return "1";
            case "two":
            case "Aa":
                return "2";
            default:
        }
        return switch (thing.hashCode() & 3) {
            case 0 -> "zero";
            case 1 -> "one" + CONSTANT + TEXT;
            default -> String.valueOf(thing.hashCode() > 1000);
        };
    }

    synchronized int guarded(int[] array) throws Exception {
        int sum = 0;
        try {
            for (int i = 0; i < array.length + 1; i++) {
                synchronized (array) {
                    sum += array[i];
                }
            }
        } catch (ArrayIndexOutOfBoundsException | NullPointerException e) {
            sum = -sum;
        } finally {
            counter++;
            grid[1][2] += sum;
        }
        try (AutoCloseable closing = () -> counter += 2) {
            return sum + closing.hashCode() * 0;
        }
    }

    class Inner {
        long outer() {
            return counter + Rich.this.grid.length;
        }
    }

    public static void main(String[] args) throws Exception {
        Rich<String> rich = new Rich<>("v");
        StringBuilder text = new StringBuilder();
        text.append(apply((a, b) -> a * b + args.length, 6, 7)).append(apply(Math::max, 3, 9));
        text.append(arithmetic(1000, 1L << 40, 2.5f, -1e9)).append(select("one")).append(select(new Square(3)));
        text.append(rich.guarded(new int[] {1, 2, 3})).append(rich.new Inner().outer()).append(Kind.B.weight());
        List<Object> things = new ArrayList<>(Arrays.asList(new Point(1, 2, 3), Kind.valueOf("A"), new long[2].length));
        for (Object thing : things) text.append(thing).append(select(thing));
        Map<String, Integer> map = Map.of("k", 1);
        map.forEach((k, v) -> text.append(k).append(v));
        Object[][] nested = new Object[2][];
        nested[0] = new String[] {"s"};
        long total = 0;
        for (char c = 'a'; c < 'f'; c++) total = total * 31 + c;
        System.out.println(text.toString() + total + nested.length + (rich.compareTo(rich) == 0) + int.class);
    }
}
