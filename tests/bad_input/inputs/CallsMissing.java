public class CallsMissing {
    public static void main(String[] args) {
        new Vanished().run();
    }
}

class Vanished {
    void run() {}
}
