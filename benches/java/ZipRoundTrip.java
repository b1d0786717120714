import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** Writes an archive of 64 entries and reads it back, `args[0]` times. */
public class ZipRoundTrip {
    public static void main(String[] args) throws IOException {
        byte[][] contents = new byte[64][];
        for (int i = 0; i < contents.length; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = 0; j < 1000; j++) {
                text.append(i * j).append(" words of entry ").append(i).append('\n');
            }
            contents[i] = text.toString().getBytes(StandardCharsets.UTF_8);
        }
        long check = 0;
        for (int round = 0; round < Integer.parseInt(args[0]); round++) {
            check += read(write(contents));
        }
        System.out.println(check);
    }

    static byte[] write(byte[][] contents) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (int i = 0; i < contents.length; i++) {
                ZipEntry entry = new ZipEntry("folder" + i % 8 + "/entry" + i);
                entry.setTime(1_000_000_000_000L);
                out.putNextEntry(entry);
                out.write(contents[i]);
            }
        }
        return bytes.toByteArray();
    }

    static long read(byte[] archive) throws IOException {
        CRC32 sum = new CRC32();
        byte[] buffer = new byte[4096];
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(archive))) {
            while (in.getNextEntry() != null) {
                for (int n; (n = in.read(buffer)) > 0;) {
                    sum.update(buffer, 0, n);
                }
            }
        }
        return sum.getValue();
    }
}
