// HotSpot 25 does not care for loaders that give their lock away.
// versions: 17
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Loaders that ask the VM for what it asks them for, and circles of supertypes found by several threads. */
public class ParallelCircles {
    static int depth;

    static class Plain extends ClassLoader {
        @Override
        public Class<?> loadClass(String name) throws ClassNotFoundException {
            return askBack(this, name);
        }
    }

    static class Capable extends ClassLoader {
        static final boolean OK = registerAsParallelCapable();

        @Override
        public Class<?> loadClass(String name) throws ClassNotFoundException {
            return askBack(this, name);
        }
    }

    static Class<?> askBack(ClassLoader loader, String name) throws ClassNotFoundException {
        if (!name.startsWith("made")) {
            return ClassLoader.getSystemClassLoader().loadClass(name);
        }
        if (++depth > 50) {
            throw new ClassNotFoundException("deep");
        }
        return Class.forName(name, false, loader);
    }

    static void ask(ClassLoader loader) {
        depth = 0;
        try {
            System.out.println(Class.forName("made.Up", false, loader));
        } catch (Throwable e) {
            System.out.println(loader.isRegisteredAsParallelCapable() + " " + e + " at " + depth);
        }
    }

    /** An empty class of version 49. */
    static byte[] code(String name, String parent) {
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        try (java.io.DataOutputStream out = new java.io.DataOutputStream(bytes)) {
            out.writeInt(0xcafebabe);
            out.writeInt(49);
            out.writeShort(5);
            out.writeByte(1);
            out.writeUTF(name);
            out.writeByte(7);
            out.writeShort(1);
            out.writeByte(1);
            out.writeUTF(parent);
            out.writeByte(7);
            out.writeShort(3);
            out.writeShort(0x421);
            out.writeShort(2);
            out.writeShort(4);
            out.writeShort(0);
            out.writeShort(0);
            out.writeShort(0);
            out.writeShort(0);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    /** A and B extend each other. */
    static class Circle extends ClassLoader {
        final List<String> asked = new ArrayList<>();

        @Override
        public Class<?> loadClass(String name) throws ClassNotFoundException {
            if (name.length() > 1) {
                return super.loadClass(name);
            }
            asked.add(name);
            byte[] code = code(name, name.equals("A") ? "B" : "A");
            return defineClass(name, code, 0, code.length);
        }
    }

    /** Waits, and so gives its lock away, when first asked for B. */
    static class Waiting extends Circle {
        final CountDownLatch waits = new CountDownLatch(1);
        boolean waited;

        @Override
        public Class<?> loadClass(String name) throws ClassNotFoundException {
            if (name.equals("B") && !waited) {
                waited = true;
                waits.countDown();
                try {
                    wait();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            return super.loadClass(name);
        }
    }

    /** Each of two threads has the lock of the class that the other's needs. */
    static class Locking extends ClassLoader {
        static final boolean OK = registerAsParallelCapable();
        final CountDownLatch both = new CountDownLatch(2);

        @Override
        public Class<?> loadClass(String name) throws ClassNotFoundException {
            if (name.length() > 1) {
                return super.loadClass(name);
            }
            String parent = name.equals("A") ? "B" : "A";
            synchronized (getClassLoadingLock(name)) {
                both.countDown();
                try {
                    both.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                byte[] code = code(name, parent);
                return defineClass(name, code, 0, code.length);
            }
        }
    }

    static String load(ClassLoader loader, String name) {
        try {
            return Class.forName(name, false, loader).toString();
        } catch (Throwable e) {
            return e.getClass().toString();
        }
    }

    public static void main(String[] args) throws Exception {
        ask(new Plain());
        ask(new Capable());
        Circle circle = new Circle();
        System.out.println(load(circle, "A") + " " + circle.asked);
        Waiting waiting = new Waiting();
        String[] results = new String[2];
        Thread first = new Thread(() -> results[0] = load(waiting, "A"));
        first.start();
        waiting.waits.await();
        results[1] = load(waiting, "B");
        first.join();
        System.out.println(results[0] + " " + results[1]);
        Locking locking = new Locking();
        Thread second = new Thread(() -> results[0] = load(locking, "A"));
        second.start();
        results[1] = load(locking, "B");
        second.join();
        boolean circular = results[0].contains("Circularity") || results[1].contains("Circularity");
        System.out.println(circular);
    }
}
