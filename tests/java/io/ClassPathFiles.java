import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Files that came with the program, read in all ways there are. */
public class ClassPathFiles {
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(System.getProperty("java.class.path"));
        Path file = directory.resolve("ClassPathFiles.class");
        byte[] bytes = Files.readAllBytes(file);
        System.out.printf("%x %s%n", ByteBuffer.wrap(bytes).getInt(), bytes.length == Files.size(file));

        try (InputStream stream = ClassPathFiles.class.getResourceAsStream("ClassPathFiles.class")) {
            System.out.println("resource " + Arrays.equals(stream.readAllBytes(), bytes));
        }
        try (FileChannel channel = FileChannel.open(file)) {
            MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            System.out.println("mapped " + map.equals(ByteBuffer.wrap(bytes)));
            ByteBuffer some = ByteBuffer.allocate(100);
            System.out.println("channel " + channel.read(some, 7) + " " + (some.get(3) == bytes[10]));
        }
        try (RandomAccessFile random = new RandomAccessFile(file.toFile(), "r")) {
            random.seek(bytes.length - 2);
            System.out.println("random " + (random.read() == (bytes[bytes.length - 2] & 255)) + " " + random.skipBytes(5)
                    + " " + random.read());
        }

        List<String> names = List.of("ClassPathFiles.class", "ClassPathFiles$Inner.class");
        try (Stream<Path> listed = Files.list(directory)) {
            System.out.println(listed.map(path -> path.getFileName().toString()).filter(names::contains).sorted()
                    .collect(Collectors.toList()));
        }
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        System.out.println(attributes.isRegularFile() + " " + attributes.isDirectory() + " " + Files.isDirectory(directory));
        System.out.println(Files.isSameFile(file, directory.resolve(".").resolve("ClassPathFiles.class")));
        try {
            Files.newInputStream(directory.resolve("None.class"));
        } catch (NoSuchFileException e) {
            System.out.println("no such file " + e.getMessage().endsWith("None.class"));
        }
        try {
            Files.newDirectoryStream(file);
        } catch (NotDirectoryException e) {
            System.out.println("not a directory");
        }
        System.out.println(new Inner().sum(bytes) == new Inner().sum(Files.newInputStream(file).readAllBytes()));
    }

    static class Inner {
        long sum(byte[] bytes) {
            long sum = 0;
            for (byte one : bytes) {
                sum = sum * 31 + one;
            }
            return sum;
        }
    }
}
