import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;

/** What Deflater writes at each level and strategy, byte for byte. */
public class DeflaterBytes {
    static byte[] deflate(Deflater deflater, byte[] input) {
        deflater.setInput(input);
        deflater.finish();
        byte[] output = new byte[input.length + 1000];
        int length = 0;
        while (!deflater.finished()) {
            length += deflater.deflate(output, length, Math.min(output.length - length, 1000));
        }
        return Arrays.copyOf(output, length);
    }
    public static void main(String[] args) {
        Random random = new Random(3);
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < 4000; i++) {
            words.append("word").append(random.nextInt(500)).append(i % 10 == 0 ? '\n' : ' ');
        }
        byte[] text = words.toString().getBytes();
        byte[] noise = new byte[20000];
        random.nextBytes(noise);
        byte[] mixed = new byte[50000];
        for (int i = 0; i < mixed.length; i++) {
            mixed[i] = (byte) (random.nextInt(100) < 70 ? 'a' + i % 7 : random.nextInt());
        }
        for (int strategy : new int[] {Deflater.DEFAULT_STRATEGY, Deflater.FILTERED, Deflater.HUFFMAN_ONLY}) {
            for (int level = -1; level <= 9; level++) {
                StringBuilder line = new StringBuilder(strategy + " " + level);
                for (byte[] input : new byte[][] {text, noise, mixed, new byte[30000], new byte[0]}) {
                    Deflater deflater = new Deflater(level, true);
                    deflater.setStrategy(strategy);
                    byte[] output = deflate(deflater, input);
                    line.append(' ').append(output.length).append(' ').append(Arrays.hashCode(output));
                    deflater.end();
                }
                System.out.println(line);
            }
        }
        Deflater deflater = new Deflater();
        byte[] output = new byte[100000];
        int length = 0;
        int[] flushes = {Deflater.SYNC_FLUSH, Deflater.FULL_FLUSH, Deflater.NO_FLUSH};
        for (int i = 0; i < 30; i++) {
            deflater.setInput(text, i * 500, 500);
            length += deflater.deflate(output, length, output.length - length, flushes[i % 3]);
            if (i == 10) {
                deflater.setLevel(9);
            }
            if (i == 20) {
                deflater.setLevel(1);
            }
        }
        deflater.finish();
        length += deflater.deflate(output, length, output.length - length);
        System.out.println(length + " " + Arrays.hashCode(Arrays.copyOf(output, length)) + " " + deflater.getAdler());
        deflater.reset();
        deflater.setDictionary("word1 word2 word3".getBytes());
        System.out.println(Arrays.toString(deflate(deflater, "word2 word3".getBytes())));
    }
}
