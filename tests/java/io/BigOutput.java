import java.io.*;

/** Much output: many lines, long lines, raw bytes, interleaved print forms; all of it arrives before the end. */
public class BigOutput {
    public static void main(String[] args) throws IOException {
        for (int i = 0; i < 5000; i++) System.out.println("line " + i);
        StringBuilder b = new StringBuilder();
        for (int i = 0; i < 20000; i++) b.append((char) ('a' + i % 26));
        System.out.println(b);
        PrintStream buffered =
            new PrintStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16), false);
        for (int i = 0; i < 5000; i++) {
            buffered.print(i);
            buffered.print(i % 20 == 19 ? '\n' : ' ');
        }
        buffered.flush();
        for (int i = 32; i < 127; i++) System.out.write(i);
        System.out.write('\n');
        System.out.write(new byte[] {'r', 'a', 'w', '\n'});
        System.out.append("appended").append('!').append("xyz", 1, 2).println();
        FileOutputStream raw = new FileOutputStream(FileDescriptor.out);
        raw.write("direct\n".getBytes());
        System.out.print("no newline at the end");
    }
}
