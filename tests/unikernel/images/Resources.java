import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import java.nio.file.spi.FileSystemProvider;

/** Packed files in all the ways there are to read them; what cannot be read or written. */
public class Resources {
    interface Attempt {
        void run() throws Exception;
    }

    static void refused(Attempt attempt) {
        try {
            attempt.run();
            System.out.println("done");
        } catch (Exception exception) {
            System.out.println(exception);
        }
    }

    public static void main(String[] arguments) throws Exception {
        try (InputStream stream = Resources.class.getResourceAsStream("/data/words.txt")) {
            System.out.print(new String(stream.readAllBytes()));
        }
        Path file = Path.of("classes/data/words.txt");
        System.out.print(Files.readString(file));
        try (var channel = Files.newByteChannel(file)) {
            channel.position(6);
            var buffer = java.nio.ByteBuffer.allocate(5);
            channel.read(buffer);
            System.out.println(new String(buffer.array()) + " " + channel.position() + " " + channel.size());
        }
        try (var channel = java.nio.channels.FileChannel.open(file)) {
            var mapped = channel.map(java.nio.channels.FileChannel.MapMode.READ_ONLY, 0, channel.size());
            System.out.println((char) mapped.get(0) + " " + mapped.remaining());
        }
        try (var names = Files.walk(Path.of("/app"))) {
            names.sorted().forEach(System.out::println);
        }
        var base = ModuleLayer.boot().findModule("java.base").orElseThrow();
        try (InputStream stream = base.getResourceAsStream("module-info.class")) {
            ModuleDescriptor read = ModuleDescriptor.read(stream);
            ModuleDescriptor known = base.getDescriptor();
            System.out.println(read.equals(known) + " " + (read.hashCode() == known.hashCode()));
        }
        FileSystem modules = FileSystems.getFileSystem(URI.create("jrt:/"));
        System.out.println(Files.exists(modules.getPath("/modules/java.base/java/lang/Object.class"))
                + " " + Files.exists(modules.getPath("/modules/java.desktop")));
        ServiceLoader.load(FileSystemProvider.class, ClassLoader.getSystemClassLoader()).stream()
                .map(provider -> provider.get().getScheme())
                .sorted()
                .forEach(System.out::println);
        refused(() -> Files.writeString(Path.of("new"), "x"));
        refused(() -> Files.delete(file));
        refused(() -> Files.readString(Path.of("/.peaberry/arguments")));
        refused(() -> Files.readString(Path.of("/etc/passwd")));
    }
}
