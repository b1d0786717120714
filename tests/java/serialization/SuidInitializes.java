import java.io.ObjectStreamClass;
import java.io.Serializable;

/** The default serial version UID depends on the static initializer, and asking for it initializes the class. */
public class SuidInitializes {
    static class Parent implements Serializable {
        static { System.out.println("Parent"); }
    }

    static class Own extends Parent {
        static { System.out.println("Own"); }
    }

    static class None extends Parent {}

    static class Failing implements Serializable {
        static {
            if (true) throw new IllegalStateException("no");
        }
    }

    public static void main(String[] args) {
        for (String name : new String[] {"Own", "None", "Failing", "Failing"}) {
            try {
                Class<?> c = Class.forName("SuidInitializes$" + name, false, SuidInitializes.class.getClassLoader());
                System.out.println(name);
                System.out.println(ObjectStreamClass.lookup(c).getSerialVersionUID());
            } catch (ReflectiveOperationException | LinkageError e) {
                System.out.println(e);
            }
        }
    }
}
