public class InitializerThrows {
    static int value = Integer.parseInt("seven");

    public static void main(String[] args) {}
}
