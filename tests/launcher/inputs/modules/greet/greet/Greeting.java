package greet;

public class Greeting {
    public static String text() {
        return "greetings from " + Greeting.class.getModule();
    }

    public static void main(String[] args) {
        System.out.println(text() + " " + args.length + " [" + System.getProperty("java.class.path") + "]");
    }
}
