import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** The same class by many loaders, used in phases and then all together: more hot code than a small cache has room for. */
public class Phases {
    static class Loader extends ClassLoader {
        final byte[] bytes;

        Loader(byte[] bytes) {
            super(Phases.class.getClassLoader());
            this.bytes = bytes;
        }

        IntUnaryOperator make() throws ReflectiveOperationException {
            Class<?> made = defineClass("Phases$Work", bytes, 0, bytes.length);
            return (IntUnaryOperator) made.getDeclaredConstructor().newInstance();
        }
    }

    public static class Work implements IntUnaryOperator {
        int rounds(int x) {
            int sum = 0;
            for (int i = 0; i < 20; i++) sum += (x ^ i) * 31 + (sum >>> 3);
            return sum;
        }

        int array(int x) {
            int[] values = new int[8];
            for (int i = 0; i < values.length; i++) values[i] = x * i;
            int sum = 0;
            for (int value : values) sum = sum * 17 + value;
            return sum;
        }

        int choose(int x) {
            switch (x & 7) {
                case 0: return rounds(x);
                case 1: return array(x);
                case 2: return array(x) - rounds(x);
                case 3: return x * 3;
                default: return rounds(x) + array(x);
            }
        }

        public int applyAsInt(int x) {
            return rounds(x) + array(x) + choose(x);
        }
    }

    public static void main(String[] args) throws Exception {
        byte[] bytes;
        try (InputStream in = Phases.class.getResourceAsStream("Phases$Work.class")) {
            bytes = in.readAllBytes();
        }
        List<IntUnaryOperator> all = new ArrayList<>();
        for (int phase = 0; phase < 4; phase++) {
            for (int i = 0; i < 30; i++) all.add(new Loader(bytes).make());
            int sum = 0;
            for (int i = 0; i < 1000; i++)
                for (int k = phase * 30; k < all.size(); k++) sum += all.get(k).applyAsInt(i);
            System.out.println(phase + " " + sum);
        }
        int sum = 0;
        for (int i = 0; i < 1000; i++) for (IntUnaryOperator one : all) sum += one.applyAsInt(i);
        System.out.println(sum);
    }
}
