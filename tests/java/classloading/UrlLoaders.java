// grants: file
import java.io.*;
import java.net.*;
import java.nio.file.*;
import java.util.*;
import java.util.jar.*;

/** URLClassLoader over a directory and a jar: classes, resources, packages, manifests, closing, services. */
public class UrlLoaders {
    public interface Greeter {
        String greet();
    }
    public static class English implements Greeter {
        public String greet() { return "hello"; }
    }
    public static class French implements Greeter {
        public String greet() { return "bonjour"; }
    }
    public static class Broken implements Greeter {
        public Broken() { throw new IllegalStateException("broken provider"); }
        public String greet() { return ""; }
    }
    static byte[] bytes(String n) throws IOException {
        try (InputStream in = UrlLoaders.class.getResourceAsStream(n)) {
            return in.readAllBytes();
        }
    }
    static void services(ClassLoader l) {
        Iterator<Greeter> it = ServiceLoader.load(Greeter.class, l).iterator();
        while (true) {
            try {
                if (!it.hasNext()) break;
                System.out.print(it.next().greet() + " ");
            } catch (ServiceConfigurationError e) { System.out.print("[" + e.getMessage() + "] "); }
        }
        System.out.println();
    }
    public static void main(String[] args) throws Exception {
        Path dir = Files.createTempDirectory("urlloaders"), classes = dir.resolve("classes");
        Files.createDirectories(classes.resolve("META-INF/services"));
        Files.write(classes.resolve("META-INF/services/UrlLoaders$Greeter"),
            List.of("# providers", "UrlLoaders$English", "", "UrlLoaders$French # second", "UrlLoaders$Broken",
                "no.Such", "java.lang.String"));
        Files.writeString(classes.resolve("text.txt"), "resource text");
        Files.write(classes.resolve("UrlLoaders$English.class"), bytes("UrlLoaders$English.class"));
        URLClassLoader l = new URLClassLoader(new URL[] {classes.toUri().toURL()}, UrlLoaders.class.getClassLoader());
        System.out.println(new String(l.getResourceAsStream("text.txt").readAllBytes()) + " "
            + (l.getResource("none.txt")) + " " + l.findResource("text.txt").getProtocol() + " "
            + Collections.list(l.getResources("text.txt")).size());
        services(l);
        URLClassLoader iso = new URLClassLoader(new URL[] {classes.toUri().toURL()}, null);
        try {
            iso.loadClass("UrlLoaders$English").getMethod("greet");
            System.out.println("?");
        } catch (NoClassDefFoundError e) {
            System.out.println("NCDFE " + e.getMessage() + " " + e.getCause().getClass().getSimpleName());
        }
        Path jar = dir.resolve("lib.jar");
        Manifest mf = new Manifest();
        mf.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        mf.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_TITLE, "Lib");
        mf.getMainAttributes().putValue("X-Own", "v");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), mf)) {
            for (String n : new String[] {"UrlLoaders$Greeter.class", "UrlLoaders$French.class"}) {
                out.putNextEntry(new JarEntry(n));
                out.write(bytes(n));
                out.closeEntry();
            }
            out.putNextEntry(new JarEntry("in/jar.txt"));
            out.write("in jar".getBytes());
        }
        try (URLClassLoader jl = new URLClassLoader("jar-loader", new URL[] {jar.toUri().toURL()}, null)) {
            Class<?> c = jl.loadClass("UrlLoaders$French");
            System.out.println(c.getMethod("greet").invoke(c.getDeclaredConstructor().newInstance()) + " "
                + (c != French.class) + " " + jl.getName() + " " + jl.getURLs().length + " "
                + c.getProtectionDomain().getCodeSource().getLocation().getPath().endsWith("lib.jar"));
            URL u = jl.getResource("in/jar.txt");
            System.out.println(u.getProtocol() + " " + u.toString().endsWith("lib.jar!/in/jar.txt") + " "
                + new String(u.openStream().readAllBytes()));
            JarURLConnection jc = (JarURLConnection) u.openConnection();
            System.out.println(jc.getManifest().getMainAttributes().getValue("X-Own") + " " + jc.getEntryName() + " "
                + jc.getContentLength());
            try {
                jl.loadClass("UrlLoaders$English");
            } catch (ClassNotFoundException e) { System.out.println("CNFE " + e.getMessage()); }
        }
        System.out.println(UrlLoaders.class.getResource("UrlLoaders.class") != null);
        System.out.println(Object.class.getResource("Object.class") + " "
            + ClassLoader.getSystemResource("java/lang/String.class") + " "
            + ClassLoader.getSystemClassLoader().getResource("nope"));
        System.out.println(ClassLoader.getSystemClassLoader().getParent().getName() + " "
            + ClassLoader.getSystemClassLoader().getName() + " " + ClassLoader.getPlatformClassLoader().getParent()
            + " " + (Thread.currentThread().getContextClassLoader() == ClassLoader.getSystemClassLoader()));
        System.out.println(ServiceLoader.load(java.nio.file.spi.FileSystemProvider.class)
                               .stream()
                               .anyMatch(p -> p.type().getName().contains("zipfs"))
            + " " + ServiceLoader.load(Greeter.class).findFirst().isPresent());
    }
}
