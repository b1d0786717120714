import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.nio.charset.StandardCharsets;
import java.security.ProtectionDomain;
import java.util.Arrays;
import java.util.jar.JarFile;

/** An agent: what it is asked for is its argument; it changes a constant of class Agreed. */
public class Agent {
    static Instrumentation instrumentation;

    public static void premain(String argument, Instrumentation given) throws Exception {
        instrumentation = given;
        System.out.println("premain " + argument + " in " + Thread.currentThread().getName());
        if (argument == null) {
            return;
        }
        switch (argument) {
            case "throw" -> throw new IllegalStateException("not now");
            case "exit" -> System.exit(3);
            case "see" -> given.addTransformer(new See());
            case "change" -> given.addTransformer(new Change());
            case "fail" -> given.addTransformer(new Fail());
            case "remove" -> {
                Change change = new Change();
                given.addTransformer(change);
                System.out.println(given.removeTransformer(change) + " " + given.removeTransformer(change));
            }
            default -> facts(given);
        }
    }

    public static void agentmain(String argument, Instrumentation given) {
        System.out.println("agentmain [" + argument + "] " + (given != null));
    }

    static void facts(Instrumentation given) throws Exception {
        System.out.println(given.isRedefineClassesSupported() + " " + given.isRetransformClassesSupported() + " "
                + given.isNativeMethodPrefixSupported());
        System.out.println(given.isModifiableClass(Agent.class) + " " + given.isModifiableClass(int.class) + " "
                + given.isModifiableClass(int[].class) + " " + given.isModifiableClass(Runnable.class));
        System.out.println((given.getObjectSize(new byte[1000]) - given.getObjectSize(new byte[200])) + " "
                + (given.getObjectSize(new Object()) > 0));
        Class<?>[] loaded = given.getAllLoadedClasses();
        System.out.println((loaded.length > 300) + " " + Arrays.asList(loaded).contains(Agent.class) + " "
                + Arrays.asList(loaded).contains(String.class) + " " + Arrays.asList(loaded).contains(String[].class)
                + " " + Arrays.asList(loaded).contains(int.class));
        ClassLoader system = ClassLoader.getSystemClassLoader();
        System.out.println(Arrays.asList(given.getInitiatedClasses(system)).contains(Agent.class));
        try {
            given.retransformClasses(Agent.class);
        } catch (UnsupportedOperationException e) {
            System.out.println(e.getMessage());
        } catch (UnmodifiableClassException e) {
            System.out.println(e);
        }
        try {
            given.redefineClasses();
        } catch (UnsupportedOperationException e) {
            System.out.println(e.getMessage());
        }
        try {
            given.addTransformer(new See(), true);
        } catch (UnsupportedOperationException e) {
            System.out.println(e.getMessage());
        }
        try {
            given.setNativeMethodPrefix(new See(), "x");
        } catch (UnsupportedOperationException e) {
            System.out.println(e.getMessage());
        }
        try {
            given.getObjectSize(null);
        } catch (NullPointerException e) {
            System.out.println(e.getMessage());
        }
        String other = System.getProperty("other");
        if (other != null) {
            given.appendToSystemClassLoaderSearch(new JarFile(other));
            System.out.println(Class.forName("Opened").getClassLoader() == system);
        }
        String boot = System.getProperty("boot");
        if (boot != null) {
            given.appendToBootstrapClassLoaderSearch(new JarFile(boot));
            System.out.println(Class.forName("Opened").getClassLoader());
        }
    }

    /** Tells what it sees of classes called Agre... */
    static class See implements ClassFileTransformer {
        @Override
        public byte[] transform(Module module, ClassLoader loader, String name, Class<?> redefined,
                ProtectionDomain domain, byte[] bytes) {
            if (name != null && name.startsWith("Agre")) {
                System.out.println(module.isNamed() + " " + (loader == ClassLoader.getSystemClassLoader()) + " " + name
                        + " " + redefined + " " + (domain != null) + " " + (bytes.length > 200));
            }
            return null;
        }
    }

    /** Other constants, of the same length, for Agreed. */
    static class Change implements ClassFileTransformer {
        @Override
        public byte[] transform(ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain,
                byte[] bytes) {
            if (!"Agreed".equals(name)) {
                return null;
            }
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            return text.replace("as it was", "otherwise").getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    /** Throws, which counts as no change. */
    static class Fail implements ClassFileTransformer {
        @Override
        public byte[] transform(ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain,
                byte[] bytes) {
            if ("Agreed".equals(name)) {
                System.out.println("failing");
                throw new IllegalStateException(name);
            }
            return null;
        }
    }
}
