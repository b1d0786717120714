/** Throwing through a few frames, with and without stack traces. */
public class Exceptions {
    static class Quiet extends RuntimeException {
        Quiet() {
            super(null, null, false, false);
        }
    }

    static int deep(int n, int kind) {
        if (n == 0) {
            if (kind == 0) {
                throw new Quiet();
            }
            if (kind == 1) {
                throw new IllegalStateException("traced");
            }
            return new int[2][0].length / (kind - 2);
        }
        try {
            return deep(n - 1, kind) + 1;
        } catch (IllegalArgumentException e) {
            return -1;
        }
    }

    public static void main(String[] args) {
        int n = Integer.parseInt(args[0]), caught = 0;
        for (int i = 0; i < n; i++) {
            try {
                caught += deep(i & 15, i % 4);
            } catch (Quiet | ArithmeticException e) {
                caught += 2;
            } catch (IllegalStateException e) {
                caught += e.getMessage().length();
            }
        }
        System.out.println(caught);
    }
}
