// jvm: -Djava.vm.name=Q -Djava.vm.version=Q -Djava.vm.vendor=Q -Djava.vm.info=Q -Djdk.debug=Q -Djava.vm.specification.name=Q -Dos.name=Q -Dmine=Q

/** System properties that the command line does not change, and others. */
public class FixedProperties {
    static final String[] KEYS = {"java.vm.name", "java.vm.version", "java.vm.vendor", "java.vm.info", "jdk.debug",
        "java.vm.specification.name", "os.name", "mine"};

    public static void main(String[] args) {
        for (String key : KEYS) {
            System.out.println(key + " " + "Q".equals(System.getProperty(key)));
        }
    }
}
