// jvm: -XX:CompileThreshold=300
/**
 * Compiled code becomes wrong while it is in a call, by a class that the call loads: the result of the call, of each
 * kind, and what lived over it are there when the interpreter goes on; an exception finds its handler.
 */
public class ReturnsWhenInvalid {
    static class Int {
        int value() {
            return 0;
        }
    }

    static class LateInt extends Int {
        @Override
        int value() {
            return 10;
        }
    }

    static class Long {
        int value() {
            return 1;
        }
    }

    static class LateLong extends Long {
        @Override
        int value() {
            return 20;
        }
    }

    static class Float {
        int value() {
            return 2;
        }
    }

    static class LateFloat extends Float {
        @Override
        int value() {
            return 30;
        }
    }

    static class Double {
        int value() {
            return 3;
        }
    }

    static class LateDouble extends Double {
        @Override
        int value() {
            return 40;
        }
    }

    static class Text {
        int value() {
            return 4;
        }
    }

    static class LateText extends Text {
        @Override
        int value() {
            return 50;
        }
    }

    static class Nothing {
        int value() {
            return 5;
        }
    }

    static class LateNothing extends Nothing {
        @Override
        int value() {
            return 60;
        }
    }

    static class Thrown {
        int value() {
            return 6;
        }
    }

    static class LateThrown extends Thrown {
        @Override
        int value() {
            return 70;
        }
    }

    static Int currentInt = new Int();
    static Long currentLong = new Long();
    static Float currentFloat = new Float();
    static Double currentDouble = new Double();
    static Text currentText = new Text();
    static Nothing currentNothing = new Nothing();
    static Thrown currentThrown = new Thrown();

    /** More classes than compiled code looks for: calls are not inlined. */
    static class Call {
        int ofInt(int which, boolean late) {
            if (late) {
                currentInt = new LateInt();
            }
            return which - 7;
        }

        long ofLong(int which, boolean late) {
            if (late) {
                currentLong = new LateLong();
            }
            return (1L << 40) - which;
        }

        float ofFloat(int which, boolean late) {
            if (late) {
                currentFloat = new LateFloat();
            }
            return which + 0.25f;
        }

        double ofDouble(int which, boolean late) {
            if (late) {
                currentDouble = new LateDouble();
            }
            return which - 1e100;
        }

        String ofText(int which, boolean late) {
            if (late) {
                currentText = new LateText();
            }
            return "result " + which;
        }

        void ofNothing(int which, boolean late) {
            if (late) {
                currentNothing = new LateNothing();
            }
        }

        int ofThrown(int which, boolean late) {
            if (late) {
                currentThrown = new LateThrown();
            }
            if (late) {
                throw new IllegalStateException("thrown " + which);
            }
            return which;
        }

    }

    static class Two extends Call {
        @Override
        int ofInt(int which, boolean late) {
            return super.ofInt(which, late);
        }

        @Override
        long ofLong(int which, boolean late) {
            return super.ofLong(which, late);
        }

        @Override
        float ofFloat(int which, boolean late) {
            return super.ofFloat(which, late);
        }

        @Override
        double ofDouble(int which, boolean late) {
            return super.ofDouble(which, late);
        }

        @Override
        String ofText(int which, boolean late) {
            return super.ofText(which, late);
        }

        @Override
        void ofNothing(int which, boolean late) {
            super.ofNothing(which, late);
        }

        @Override
        int ofThrown(int which, boolean late) {
            return super.ofThrown(which, late);
        }
    }

    static class Three extends Call {
        @Override
        int ofInt(int which, boolean late) {
            return super.ofInt(which, late);
        }

        @Override
        long ofLong(int which, boolean late) {
            return super.ofLong(which, late);
        }

        @Override
        float ofFloat(int which, boolean late) {
            return super.ofFloat(which, late);
        }

        @Override
        double ofDouble(int which, boolean late) {
            return super.ofDouble(which, late);
        }

        @Override
        String ofText(int which, boolean late) {
            return super.ofText(which, late);
        }

        @Override
        void ofNothing(int which, boolean late) {
            super.ofNothing(which, late);
        }

        @Override
        int ofThrown(int which, boolean late) {
            return super.ofThrown(which, late);
        }
    }

    static class Four extends Call {
        @Override
        int ofInt(int which, boolean late) {
            return super.ofInt(which, late);
        }

        @Override
        long ofLong(int which, boolean late) {
            return super.ofLong(which, late);
        }

        @Override
        float ofFloat(int which, boolean late) {
            return super.ofFloat(which, late);
        }

        @Override
        double ofDouble(int which, boolean late) {
            return super.ofDouble(which, late);
        }

        @Override
        String ofText(int which, boolean late) {
            return super.ofText(which, late);
        }

        @Override
        void ofNothing(int which, boolean late) {
            super.ofNothing(which, late);
        }

        @Override
        int ofThrown(int which, boolean late) {
            return super.ofThrown(which, late);
        }
    }

    static final Call[] CALLS = {new Call(), new Two(), new Three(), new Four()};

    static String ofInt(Call call, int which, boolean late, double kept) {
        Int base = currentInt;
        int result = call.ofInt(which, late);
        return result + " " + currentInt.value() + " " + base.value() + " " + kept;
    }

    static String ofLong(Call call, int which, boolean late, double kept) {
        Long base = currentLong;
        long result = call.ofLong(which, late);
        return result + " " + currentLong.value() + " " + base.value() + " " + kept;
    }

    static String ofFloat(Call call, int which, boolean late, double kept) {
        Float base = currentFloat;
        float result = call.ofFloat(which, late);
        return result + " " + currentFloat.value() + " " + base.value() + " " + kept;
    }

    static synchronized String ofDouble(Call call, int which, boolean late, double kept) {
        Double base = currentDouble;
        double result = call.ofDouble(which, late);
        return result + " " + currentDouble.value() + " " + base.value() + " " + kept;
    }

    static String ofText(Call call, int which, boolean late, double kept) {
        Text base = currentText;
        String result = call.ofText(which, late);
        return result + " " + currentText.value() + " " + base.value() + " " + kept;
    }

    static String ofNothing(Call call, int which, boolean late, double kept) {
        Nothing base = currentNothing;
        call.ofNothing(which, late);
        return "" + " " + currentNothing.value() + " " + base.value() + " " + kept;
    }

    static synchronized String ofThrown(Call call, int which, boolean late, double kept) {
        Thrown base = currentThrown;
        try {
            return call.ofThrown(which, late) + " " + currentThrown.value();
        } catch (IllegalStateException e) {
            return e.getMessage() + " " + currentThrown.value() + " " + base.value() + " " + kept;
        }
    }

    static Text deepText = new Text();

    static class DeepText extends Text {
        @Override
        int value() {
            return 100;
        }
    }

    /** The code of all frames is the one that becomes wrong. */
    static double deep(int depth, boolean late) {
        Text base = deepText;
        if (depth == 0) {
            if (late) {
                deepText = new DeepText();
            }
            return 0.5;
        }
        double result = deep(depth - 1, late) / 2;
        return result + deepText.value() + base.value();
    }

    interface Function {
        String apply(int which, boolean late);
    }

    static void test(String name, Function function) throws InterruptedException {
        int length = 0;
        for (int round = 0; round < 6; round++) {
            for (int i = 0; i < 2000; i++) {
                length += function.apply(i, false).length();
            }
            // The compiler needs its time.
            Thread.sleep(10);
        }
        System.out.println(name + " " + length);
        System.out.println(function.apply(3, true));
        System.out.println(function.apply(4, true));
    }

    public static void main(String[] args) throws InterruptedException {
        test("Int", (which, late) -> ofInt(CALLS[which & 3], which, late, 0.5));
        test("Long", (which, late) -> ofLong(CALLS[which & 3], which, late, 1.5));
        test("Float", (which, late) -> ofFloat(CALLS[which & 3], which, late, 2.5));
        test("Double", (which, late) -> ofDouble(CALLS[which & 3], which, late, 3.5));
        test("Text", (which, late) -> ofText(CALLS[which & 3], which, late, 4.5));
        test("Nothing", (which, late) -> ofNothing(CALLS[which & 3], which, late, 5.5));
        test("Thrown", (which, late) -> ofThrown(CALLS[which & 3], which, late, 6.5));
        test("deep", (which, late) -> "" + deep(which & 7 | 2, late));
        System.out.println(Thread.holdsLock(ReturnsWhenInvalid.class));
    }
}
