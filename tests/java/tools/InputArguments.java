// bare: prints the arguments of the VM
// jvm: -Dtest.one=1 -Dempty -ea:some.Class -Xss2m -Dsun.java.command=x --add-opens java.base/java.lang=ALL-UNNAMED
import java.lang.management.ManagementFactory;

/** The options of the VM as management shows them. */
public class InputArguments {
    public static void main(String[] args) {
        for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            // How the tests are run is not of interest.
            if (!argument.startsWith("-Xint") && !argument.startsWith("-Xshare") && !argument.startsWith("-XX:")) {
                System.out.println(argument);
            }
        }
    }
}
