public class MainPrivate {
    private static void main(String[] args) {}
}
