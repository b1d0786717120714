public class Agent {
    public static void premain(String options) {
        System.out.println("agent " + options + ", " + Two.text());
    }
}
