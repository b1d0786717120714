/** A loop in compiled code that is left for the interpreter and entered again many times needs no stack for each time. */
public class LoopsLeftOften {
    interface Step {
        int next(int number);
    }

    /** A new class each time a receiver is needed: call sites that expected the old ones are left. */
    static Step step(int kind) {
        return switch (kind % 4) {
            case 0 -> number -> number + 1;
            case 1 -> number -> number ^ 5;
            case 2 -> number -> number * 3;
            default -> number -> number - 7;
        };
    }

    static int deep(int depth) {
        return depth == 0 ? 0 : 1 + deep(depth - 1);
    }

    int run(int rounds) {
        int number = 0;
        int lowest = Integer.MAX_VALUE;
        for (int round = 0; round < rounds; round++) {
            Step step = step(round / 1000);
            for (int i = 0; i < 300; i++) {
                number = step.next(number);
                if (i == 250 && round % 5 == 0) {
                    lowest = Math.min(lowest, number);
                }
            }
            if (round % 500 == 0) {
                number += deep(1000);
            }
        }
        return number ^ lowest;
    }

    public static void main(String[] args) throws Exception {
        int[] result = new int[1];
        Thread small = new Thread(null, () -> result[0] = new LoopsLeftOften().run(6000), "small", 512 << 10);
        small.start();
        small.join();
        System.out.println(result[0]);
    }
}
