import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Copies a file of 4 MiB by streams, by channels and by lines, `args[0]` times each. */
public class FileCopy {
    public static void main(String[] args) throws IOException {
        int rounds = Integer.parseInt(args[0]);
        Path from = Files.createTempFile("copy", ".from");
        Path to = Files.createTempFile("copy", ".to");
        try {
            StringBuilder text = new StringBuilder();
            for (int i = 0; text.length() < 4 << 20; i++) {
                text.append("line ").append(i).append(" of a file that is copied\n");
            }
            Files.writeString(from, text);
            long check = 0;
            for (int round = 0; round < rounds; round++) {
                check += streams(from, to) + channels(from, to) + lines(from, to) + Files.size(to);
            }
            System.out.println(check + " " + (Files.mismatch(from, to) == -1));
        } finally {
            Files.delete(from);
            Files.delete(to);
        }
    }

    static long streams(Path from, Path to) throws IOException {
        long total = 0;
        try (InputStream in = Files.newInputStream(from); OutputStream out = Files.newOutputStream(to)) {
            byte[] buffer = new byte[8192];
            for (int n; (n = in.read(buffer)) > 0; total += n) {
                out.write(buffer, 0, n);
            }
        }
        return total;
    }

    static long channels(Path from, Path to) throws IOException {
        long total = 0;
        try (FileChannel in = FileChannel.open(from);
             FileChannel out = FileChannel.open(to, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(8192);
            while (in.read(buffer) >= 0) {
                buffer.flip();
                total += out.write(buffer);
                buffer.clear();
            }
        }
        return total;
    }

    static long lines(Path from, Path to) throws IOException {
        long total = 0;
        try (BufferedReader in = Files.newBufferedReader(from); BufferedWriter out = Files.newBufferedWriter(to)) {
            for (String line; (line = in.readLine()) != null; total++) {
                out.write(line);
                out.write('\n');
            }
        }
        return total;
    }
}
