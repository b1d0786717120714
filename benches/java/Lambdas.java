import java.util.function.Function;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;

/** Lambdas: capturing and not, composed, as arguments; method references; boxed functions. */
public class Lambdas {
    static int apply(int[] values, IntUnaryOperator f) {
        int sum = 0;
        for (int value : values) {
            sum += f.applyAsInt(value);
        }
        return sum;
    }

    static int fold(int[] values, int start, IntBinaryOperator f) {
        int result = start;
        for (int value : values) {
            result = f.applyAsInt(result, value);
        }
        return result;
    }

    public static void main(String[] args) {
        int n = Integer.parseInt(args[0]), total = 0;
        int[] values = new int[64];
        for (int i = 0; i < values.length; i++) {
            values[i] = i * 7;
        }
        Function<Integer, Integer> twice = x -> x * 2;
        Function<Integer, Integer> both = twice.andThen(x -> x + 1).compose(x -> x - 3);
        for (int i = 0; i < n; i++) {
            int k = i;
            total += apply(values, x -> x ^ k);
            total += fold(values, i, Integer::max) + fold(values, 0, (a, b) -> a * 31 + b);
            total += both.apply(i & 1023);
            Supplier<Integer> later = () -> k + values[k & 63];
            total += later.get();
        }
        System.out.println(total);
    }
}
