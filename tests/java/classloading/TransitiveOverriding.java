import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.InflaterInputStream;

/** Overriding through a class in between whose method is package-private, in class files before and since version 51. */
public class TransitiveOverriding {
    // Classes p1.A, p1.B extends A, p2.C extends B, p1.D extends C, p2.E extends D, each with a method public int m(); and
    // p1.Calls, which calls m as each of them. Each has its length before it.
    static final String CODE = "eNqtU8tu00AUPZPXOI77LhRKCwmEkEdL0tLwaEpLHl1EKu2iCIkVchMrSnHTqDH8B0sW/AEL2LhSkRBs+QF+BiHuxJOY5iFFKF7M"
            + "2D7n3nN8fQbAx59/Lr4B2ICmwgMvh0+DHwGG6WP9nZ429UYtfXB0bFQshsBWvVG3thm88cRLDoXB11xL52krnlYNBnbShsqIgFMz"
            + "cXnARDtag/Q0Qzuj3Z88B/vSJjCoCEl4UsIe3yd0rvdDDUrtwaYK4zflH9VUYbCp9XRx/KYCo5lqaw+eVGn8pviokyoNm9Tu+E0p"
            + "XVPe111Thf8J/YJLOrTO6o1a4W3drBpnKjn0ioYhDRomGJSaYRVNvdVimIsn9tyy9suciilMc8xomMUcw1QPzsCpfl8/oSnMXyp3"
            + "VHNC74qGq1ggl3qzaTSqDKvxfmJ/rXScU3CdZDbDeiucD3PckKdKxSKWNdzELfcHCLWIULvNsBQvD+8piFENd8U3KdapA3Lck4dD"
            + "QYIkV4RkIawihmWOFZlRBfc7WJGwlMDWZFQUPOhgJcIyAnso06LgcQfbJSwrsBypU11RN81WN02+Cj0yxP4dkvOjBwyJOkwcWnrl"
            + "zXO9+UI/Mg2O/KWIODRK5mZfMrcGJzOIp9iW8C+ii7KLr+CvzhFM2lBtTNqYn71GS/I7Fm0s2QjbuLOX/IHYB0QkNSVIcYcUs5F0"
            + "Sake0qpDovu0S8r0kNYdUsbGhkvK9pAeOaSsjSeSlPrcPms7tIbg+40yx7NoNAr8BUUEClk=";

    static class Loader extends ClassLoader {
        Class<?> define(byte[] code) { return defineClass(null, code, 0, code.length); }
    }

    /** Makes m, the class's last method, package-private. */
    static void hide(byte[] code) {
        // Without debug information the method is all of: flags, name, descriptor, count, Code (2 + 4 + 14 bytes); then
        // comes the class's count of attributes.
        int flags = code.length - 2 - 8 - 20;
        if (code[flags] != 0 || code[flags + 1] != 1) {
            throw new AssertionError("no public method there");
        }
        code[flags + 1] = 0;
    }

    static void run(int version, int hidden) throws Exception {
        System.out.println("version " + version + ", package-private in " + hidden);
        byte[] all = Base64.getDecoder().decode(CODE);
        DataInputStream in = new DataInputStream(new InflaterInputStream(new ByteArrayInputStream(all)));
        Loader loader = new Loader();
        List<Class<?>> classes = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            byte[] code = in.readNBytes(in.readInt());
            code[7] = (byte) version;
            if ((hidden & 1 << i) != 0) {
                hide(code);
            }
            classes.add(loader.define(code));
        }
        Class<?> calls = classes.remove(5);
        for (Class<?> c : classes) {
            Object receiver = c.getDeclaredConstructor().newInstance();
            try {
                System.out.println(calls.getMethod("call", Object.class).invoke(null, receiver));
            } catch (java.lang.reflect.InvocationTargetException e) {
                System.out.println(c.getName() + ": " + e.getCause().getClass());
            }
        }
    }

    public static void main(String[] args) throws Exception {
        for (int version = 50; version <= 51; version++) {
            for (int hidden = 0; hidden < 16; hidden++) {
                // Calls is in p1: it may not call a method that is package-private in C.
                if ((hidden & 4) == 0) {
                    run(version, hidden);
                }
            }
        }
        run(50, 4);
        run(51, 4);
    }
}
