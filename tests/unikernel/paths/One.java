public class One {
    public static String text() {
        return "one, " + Two.text();
    }
}
