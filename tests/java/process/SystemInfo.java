// jvm: -Dmy.prop=value -Dempty=
// args: one two three
// grants: env
import java.util.*;

/** Arguments, properties, environment, runtime facts that hold on any machine. */
public class SystemInfo {
    public static void main(String[] args) throws Exception {
        System.out.println(Arrays.toString(args) + " " + args.length);
        for (String p : ("my.prop empty nope file.separator path.separator line.separator java.specification.name "
                         + "java.vm.specification.name java.specification.version java.class.version os.name user.dir "
                         + "java.io.tmpdir").split(" ")) {
            String v = System.getProperty(p);
            System.out.println(p + "="
                + (v == null                   ? null
                        : p.equals("user.dir") ? !v.isEmpty()
                                               : v.replace("\n", "\\n")));
        }
        for (String p : ("java.home java.version java.vendor java.vm.name java.vm.version java.class.path user.name "
                         + "user.home os.arch os.version java.vm.info java.runtime.version java.library.path "
                         + "sun.arch.data.model native.encoding file.encoding sun.jnu.encoding").split(" "))
            System.out.print((System.getProperty(p) != null) + " ");
        System.out.println();
        System.out.println(System.setProperty("new", "x") + System.getProperty("new") + System.clearProperty("new")
            + System.getProperty("new") + System.getProperty("nope", "default") + Integer.getInteger("my.prop")
            + Integer.getInteger("nope", 5) + Boolean.getBoolean("my.prop"));
        try {
            System.getProperty("");
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        try {
            System.getProperty(null);
        } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        Runtime r = Runtime.getRuntime();
        System.out.println((r.availableProcessors() > 0) + " " + (r.maxMemory() > 0) + " "
            + (r.totalMemory() >= r.freeMemory()) + " " + (r.totalMemory() <= r.maxMemory()) + " "
            + (Runtime.version().feature() >= 17) + " "
            + Runtime.Version.parse("17.0.5+8").compareTo(Runtime.Version.parse("17.0.4")));
        System.out.println((System.getenv("PATH") != null) + " " + System.getenv("NO_SUCH_VAR") + " "
            + (System.getenv().size() > 0) + " " + System.lineSeparator().length() + " " + System.getSecurityManager());
        try {
            System.getenv().put("a", "b");
        } catch (UnsupportedOperationException e) { System.out.println("UOE"); }
        System.out.println(System.identityHashCode(null) + " " + (ProcessHandle.current().pid() > 0) + " "
            + ProcessHandle.current().isAlive() + " "
            + (java.lang.management.ManagementFactory.getRuntimeMXBean() != null));
        try {
            System.loadLibrary("no_such_lib");
        } catch (UnsatisfiedLinkError e) {
            System.out.println(e.getMessage().startsWith("no no_such_lib in java.library.path"));
        }
        try {
            System.load("relative.so");
        } catch (UnsatisfiedLinkError e) { System.out.println(e.getMessage()); }
        try {
            nat();
        } catch (UnsatisfiedLinkError e) { System.out.println(e.getMessage()); }
        System.out.println(System.mapLibraryName("x"));
        Locale d = Locale.getDefault();
        System.out.println(d.getLanguage() + " " + TimeZone.getDefault().getID());
        System.err.println("to stderr");
        System.out.flush();
    }
    static native int nat();
}
