/** Runs one method, and a loop, until both are hot and compiled. */
public class Hot {
    static int square(int x) {
        return x * x + 1;
    }

    public static void main(String[] args) {
        long end = System.nanoTime() + 1_500_000_000L;
        int sum = 0;
        while (System.nanoTime() < end) {
            sum += square(sum);
        }
        System.out.println("done");
    }
}
