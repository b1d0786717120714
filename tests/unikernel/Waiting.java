/** Says that it is there, waits for the end of its input, and says that it ends. */
public class Waiting {
    public static void main(String[] arguments) throws Exception {
        System.out.println("ready");
        while (System.in.read() >= 0) {
        }
        System.out.println("done");
    }
}
