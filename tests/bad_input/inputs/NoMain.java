public class NoMain {
    public static void Main(String[] args) {}
}
