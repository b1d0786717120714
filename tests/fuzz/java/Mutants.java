import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Defines and links class files that a seeded generator has damaged, and prints how each ended: both VMs
 * must print the same. Arguments: directory with class files, seed, first, count.
 */
public class Mutants {
    static final class Loader extends ClassLoader {
        final String name;
        final byte[] bytes;

        Loader(ClassLoader parent, String name, byte[] bytes) {
            super(parent);
            this.name = name;
            this.bytes = bytes;
        }

        @Override
        protected Class<?> loadClass(String wanted, boolean resolve) throws ClassNotFoundException {
            if (!wanted.equals(name)) {
                return super.loadClass(wanted, resolve);
            }
            Class<?> known = findLoadedClass(wanted);
            return known != null ? known : defineClass(name, bytes, 0, bytes.length);
        }
    }

    public static void main(String[] args) throws IOException {
        List<Path> seeds = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of(args[0]))) {
            files.filter(f -> f.toString().endsWith(".class")).sorted().forEach(seeds::add);
        }
        long seed = Long.parseLong(args[1]);
        int first = Integer.parseInt(args[2]);
        int count = Integer.parseInt(args[3]);
        PrintStream out = System.out;
        // What a damaged initializer prints is of no interest.
        System.setOut(new PrintStream(PrintStream.nullOutputStream()));
        System.setErr(System.out);
        for (int number = first; number < first + count; number++) {
            Random random = new Random(seed * 1_000_003 + number);
            Path file = seeds.get(random.nextInt(seeds.size()));
            String name = file.getFileName().toString().replace(".class", "");
            byte[] bytes = damage(Files.readAllBytes(file), random);
            URL directory = file.getParent().toUri().toURL();
            ClassLoader siblings = new URLClassLoader(new URL[] {directory});
            out.println(number + " " + name + ": " + outcome(new Loader(siblings, name, bytes)));
        }
        out.flush();
        // Threads that damaged code has started must not keep the process.
        Runtime.getRuntime().halt(0);
    }

    static byte[] damage(byte[] bytes, Random random) {
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            int at = 8 + random.nextInt(bytes.length - 9);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> bytes[at]++;
                case 3 -> bytes[at]--;
                case 4 -> {
                    bytes[at] = 0;
                    bytes[at + 1] = (byte) random.nextInt(64);
                }
                default -> bytes[at] = bytes[8 + random.nextInt(bytes.length - 9)];
            }
        }
        return random.nextInt(40) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }

    static String outcome(Loader loader) {
        try {
            Class<?> c = Class.forName(loader.name, false, loader);
            c.getDeclaredMethods();
            c.getDeclaredFields();
            c.getDeclaredConstructors();
            return "linked";
        } catch (Throwable t) {
            Throwable cause = t instanceof ExceptionInInitializerError && t.getCause() != null ? t.getCause() : t;
            return cause.getClass().getName() + ": " + String.valueOf(cause.getMessage()).replace("\n", " / ")
                .replaceAll("@[0-9a-f]{5,8}", "@N").replaceAll("0x[0-9a-f]{8,}", "0xN");
        }
    }
}
