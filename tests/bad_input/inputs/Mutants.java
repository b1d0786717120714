import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/**
 * Loads, links, inspects and runs mutated classes and reads mutated jars: {@code Mutants <directory> <seed> <count>}. What comes of it
 * does not matter, except that an InternalError would be a VM's own mistake.
 */
public class Mutants {
    static final int[] INTERESTING = {0, 1, 2, 3, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xfffe, 0xffff};
    static final Map<String, Integer> OUTCOMES = new TreeMap<>();
    static int internal;

    static byte[] mutate(byte[] original, Random random) {
        byte[] bytes = original.clone();
        for (int left = 1 + random.nextInt(3); left > 0; left--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(7)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> {
                    int value = INTERESTING[random.nextInt(INTERESTING.length)];
                    bytes[at] = (byte) (value >> 8);
                    if (at + 1 < bytes.length) bytes[at + 1] = (byte) value;
                }
                case 3 -> bytes[at] += (byte) (random.nextBoolean() ? 1 : -1);
                case 4 -> bytes = random.nextInt(4) == 0 ? Arrays.copyOf(bytes, Math.max(at, 10)) : bytes;
                case 5 -> {
                    int length = Math.min(1 + random.nextInt(8), bytes.length - at);
                    byte[] shorter = new byte[bytes.length - length];
                    System.arraycopy(bytes, 0, shorter, 0, at);
                    System.arraycopy(bytes, at + length, shorter, at, shorter.length - at);
                    bytes = shorter.length < 12 ? bytes : shorter;
                }
                default -> {
                    int from = random.nextInt(bytes.length);
                    int length = Math.min(random.nextInt(6), bytes.length - Math.max(from, at));
                    System.arraycopy(bytes, from, bytes, at, length);
                }
            }
        }
        return bytes;
    }

    static class One extends ClassLoader {
        final String name;
        final byte[] bytes;
        final Map<String, byte[]> others;

        One(String name, byte[] bytes, Map<String, byte[]> others) {
            super(ClassLoader.getPlatformClassLoader());
            this.name = name;
            this.bytes = bytes;
            this.others = others;
        }

        @Override
        protected Class<?> findClass(String wanted) throws ClassNotFoundException {
            byte[] found = wanted.equals(name) ? bytes : others.get(wanted);
            if (found == null) throw new ClassNotFoundException(wanted);
            return defineClass(null, found, 0, found.length);
        }
    }

    static void inspect(Class<?> type) {
        StringBuilder text = new StringBuilder();
        for (var method : type.getDeclaredMethods()) text.append(method.toGenericString()).append(Arrays.toString(method.getAnnotations()));
        for (var field : type.getDeclaredFields()) text.append(field.toGenericString());
        for (var constructor : type.getDeclaredConstructors()) text.append(Arrays.toString(constructor.getParameters()));
        text.append(type.toGenericString()).append(Arrays.toString(type.getAnnotations())).append(Arrays.toString(type.getDeclaredClasses()));
        text.append(type.getEnclosingMethod()).append(type.getNestHost()).append(Arrays.toString(type.getRecordComponents()));
    }

    static void note(String stage, Throwable thrown) {
        OUTCOMES.merge(stage + " " + (thrown == null ? "fine" : thrown.getClass().getName()), 1, Integer::sum);
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < 5; depth++, cause = cause.getCause()) {
            if (cause.getClass() == InternalError.class) {
                internal++;
                cause.printStackTrace();
            }
        }
    }

    /** The stages go on independently: a class that does not link may still be asked about itself. */
    static void load(String name, byte[] mutant, Map<String, byte[]> others) {
        Class<?> type;
        try {
            type = new One(name, mutant, others).findClass(name);
        } catch (Throwable t) {
            note("define", t);
            return;
        }
        try {
            inspect(type);
            note("inspect", null);
        } catch (Throwable t) {
            note("inspect", t);
        }
        Thread runner = new Thread(() -> {
            try {
                Class.forName(type.getName(), true, type.getClassLoader());
                var main = type.getDeclaredMethod("main", String[].class);
                main.setAccessible(true);
                main.invoke(null, (Object) new String[0]);
                note("run", null);
            } catch (java.lang.reflect.InvocationTargetException e) {
                note("run", e.getCause());
            } catch (Throwable t) {
                note("run", t);
            }
        });
        runner.setDaemon(true);
        runner.start();
        try {
            runner.join(1000);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static void read(byte[] mutant, Path file) throws Exception {
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(mutant))) {
            for (ZipEntry entry; (entry = in.getNextEntry()) != null; ) in.readNBytes(1 << 16);
            note("stream", null);
        } catch (Throwable t) {
            note("stream", t);
        }
        Files.write(file, mutant);
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : zip.stream().collect(Collectors.toList())) zip.getInputStream(entry).readNBytes(1 << 16);
            note("file", null);
        } catch (Throwable t) {
            note("file", t);
        }
        try (URLClassLoader loader = new URLClassLoader(new URL[] {file.toUri().toURL()}, null)) {
            loader.loadClass("Hello").getDeclaredMethods();
            note("loader", null);
        } catch (Throwable t) {
            note("loader", t);
        }
    }

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        Random random = new Random(Long.parseLong(args[1]));
        int count = Integer.parseInt(args[2]);
        PrintStream out = System.out;
        Map<String, byte[]> classes = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory.resolve("good"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).collect(Collectors.toList())) {
                classes.put(file.getFileName().toString().replace(".class", ""), Files.readAllBytes(file));
            }
        }
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        List<String> names = classes.keySet().stream().filter(n -> n.startsWith("Rich") || n.equals("Hello")).collect(Collectors.toList());
        for (int i = 0; i < count; i++) {
            String name = i % 2 == 0 ? "Rich" : names.get(random.nextInt(names.size()));
            load(name, mutate(classes.get(name), random), classes);
        }
        byte[] jar = Files.readAllBytes(directory.resolve("good.jar"));
        Path file = Files.createTempFile("mutant", ".jar");
        for (int i = 0; i < count / 4; i++) read(mutate(jar, random), file);
        Files.delete(file);
        synchronized (OUTCOMES) {
            OUTCOMES.forEach((outcome, times) -> out.println(outcome + ": " + times));
        }
        out.println(internal + " internal errors");
        out.flush();
        Runtime.getRuntime().halt(internal == 0 ? 0 : 3);
    }
}
