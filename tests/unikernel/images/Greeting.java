// build: --env GREETING=Hello --cpus 1 -- one
// boot: --env GREETING=Bye -Dwho=world
// arguments: two
/** Arguments, options and variables of the build, then those of the boot. */
public class Greeting {
    public static void main(String[] arguments) {
        System.out.println(System.getenv("GREETING") + ", " + System.getProperty("who") + ": " + String.join(" ", arguments));
        System.out.println(System.getenv("HOME") + " " + System.getProperty("user.dir") + " " + System.getProperty("java.home"));
        System.out.println(Runtime.getRuntime().availableProcessors());
        System.exit(arguments.length == 2 ? 0 : 1);
    }
}
