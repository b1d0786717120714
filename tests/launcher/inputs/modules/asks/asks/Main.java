package asks;

public class Main {
    public static void main(String[] args) {
        System.out.println(greet.Greeting.text());
        System.out.println(Main.class.getModule().canRead(ModuleLayer.boot().findModule("java.logging").orElse(Main.class.getModule())));
    }
}
