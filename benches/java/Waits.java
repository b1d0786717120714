/** Says that it runs, and waits until its input ends. */
public class Waits {
    public static void main(String[] args) throws Exception {
        System.out.println("waiting");
        while (System.in.read() >= 0) {
            continue;
        }
    }
}
