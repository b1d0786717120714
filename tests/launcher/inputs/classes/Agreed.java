/** What agents change. */
public class Agreed {
    public static void main(String[] args) {
        Runnable inner = new Runnable() {
            @Override
            public void run() {
                System.out.println("inner");
            }
        };
        inner.run();
        System.out.println("as it was");
    }
}
