/** What a jar's manifest leads to, and what that one's does. */
public class Main {
    public static void main(String[] arguments) {
        System.out.println(One.text() + " " + String.join(",", arguments));
    }
}
