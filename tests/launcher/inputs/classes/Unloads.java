import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;

/** Loads a class in a loader of its own and drops both. */
public class Unloads {
    public static void main(String[] args) throws Exception {
        System.out.println(load(Path.of(args[0])));
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
    }

    static String load(Path directory) throws Exception {
        try (URLClassLoader loader = new URLClassLoader(new URL[] {directory.toUri().toURL()}, null)) {
            return loader.loadClass("Other").getDeclaredConstructor().newInstance().getClass().getName();
        }
    }
}
