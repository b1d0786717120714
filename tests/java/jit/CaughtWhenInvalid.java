import java.util.function.IntFunction;

/**
 * An exception of a class that was not there before is caught by compiled code that took for granted that there is no
 * such class: the call that throws it also loads it.
 */
public class CaughtWhenInvalid {
    static class Problem extends RuntimeException {
        Problem() {
            super(null, null, false, false);
        }

        String text() {
            return "usual";
        }
    }

    static class Late extends Problem {
        @Override
        String text() {
            return "late";
        }
    }

    static class Later extends Problem {
        @Override
        String text() {
            return "later";
        }
    }

    static String caught(IntFunction<String> function, int which) {
        try {
            return function.apply(which);
        } catch (Problem problem) {
            return problem.text();
        }
    }

    /** The handler is that of a method above. */
    static String outer(IntFunction<String> function, int which) {
        try {
            return "(" + middle(function, which) + ")";
        } catch (Problem problem) {
            return "<" + problem.text() + ">";
        }
    }

    static String middle(IntFunction<String> function, int which) {
        return function.apply(which) + "!";
    }

    static String thrower(int which) {
        switch (which) {
            case 0:
                return "nothing";
            case 1:
                throw new Problem();
            case 2:
                throw new Late();
            default:
                throw new Later();
        }
    }

    /** More classes than compiled code looks for: the call is not inlined. */
    @SuppressWarnings("unchecked")
    static final IntFunction<String>[] FUNCTIONS = new IntFunction[] {
        (IntFunction<String>) CaughtWhenInvalid::thrower,
        (IntFunction<String>) which -> which == 0 ? "a" : thrower(which),
        (IntFunction<String>) which -> which == 0 ? "b" : thrower(which),
        (IntFunction<String>) which -> which == 0 ? "c" : thrower(which),
    };

    public static void main(String[] args) {
        int length = 0;
        for (int i = 0; i < 60_000; i++) {
            length += caught(FUNCTIONS[i & 3], i >> 2 & 1).length();
        }
        System.out.println(length);
        System.out.println(caught(FUNCTIONS[0], 2) + " " + caught(FUNCTIONS[1], 1));
        length = 0;
        for (int i = 0; i < 60_000; i++) {
            length += outer(FUNCTIONS[i & 3], i >> 2 & 1).length();
        }
        System.out.println(length);
        System.out.println(outer(FUNCTIONS[0], 3) + " " + outer(FUNCTIONS[1], 1));
    }
}
