import java.nio.file.*;
import java.util.*;

/** Defines each class file of a directory under the name T and prints what HotSpot says about it. */
public class FormatErrors extends ClassLoader {
    public static void main(String[] args) throws Exception {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> directory = Files.newDirectoryStream(Path.of(args[0]), "*.class")) {
            directory.forEach(files::add);
        }
        Collections.sort(files);
        for (Path file : files) {
            String result = "ok";
            byte[] bytes = Files.readAllBytes(file);
            try {
                new FormatErrors().defineClass("T", bytes, 0, bytes.length);
            } catch (Throwable error) {
                result = error.getClass().getName() + ": " + error.getMessage();
            }
            String name = file.getFileName().toString();
            System.out.println(name.substring(0, name.length() - 6) + " | " + result);
        }
    }
}
