
/** Properties from which programs conclude how objects are laid out. */
public class VmProperties {
    public static void main(String[] args) {
        System.out.println(System.getProperty("java.vm.compressedOopsMode"));
        System.out.println(System.getProperty("sun.arch.data.model"));
        System.out.println(System.getProperty("java.vm.specification.vendor"));
    }
}
