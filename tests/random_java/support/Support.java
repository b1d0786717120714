package support;

/** What generated programs call. */
public final class Support {
    private Support() {
    }

    /** Keeps strings short. */
    public static String clip(String text) {
        return text == null || text.length() <= 40 ? text : text.substring(text.length() - 40);
    }

    public static int add(int a, int b) {
        return a + b;
    }

    /** A number for one that is none. */
    public static float number(float value) {
        return value != value ? 1 : value;
    }

    public static double number(double value) {
        return value != value ? 1 : value;
    }

    /** A number that stands for an exception. */
    public static int told(Throwable thrown) {
        Checksum sum = new Checksum();
        sum.addThrown(thrown);
        return (int) sum.value();
    }
}
