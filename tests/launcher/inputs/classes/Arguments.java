import java.util.Arrays;

/** Prints its arguments; after `-p`, the system properties they name. */
public class Arguments {
    public static void main(String[] args) throws Exception {
        System.out.println(Arrays.toString(args));
        boolean properties = false;
        for (String arg : args) {
            if (properties) {
                System.out.println(arg + "=" + System.getProperty(arg));
            }
            properties |= arg.equals("-p");
        }
    }
}
