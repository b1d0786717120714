import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs another program of this folder many times in one VM: class, seconds, most rounds, its arguments. Tells on standard
 * error how long each round took, and prints what the first ones print. With -Dclock=cpu the time is the main thread's own.
 */
public class Rounds {
    private static final int LEAST = 4;

    public static void main(String[] args) throws Exception {
        Method main = Class.forName(args[0]).getMethod("main", String[].class);
        long end = System.nanoTime() + Long.parseLong(args[1]) * 1_000_000_000L;
        int most = Integer.parseInt(args[2]);
        String[] arguments = java.util.Arrays.copyOfRange(args, 3, args.length);
        PrintStream out = System.out;
        StringBuilder first = new StringBuilder();
        for (int round = 0; round < most && (round < LEAST || System.nanoTime() < end); round++) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            PrintStream kept = new PrintStream(bytes);
            System.setOut(kept);
            long begun = clock();
            main.invoke(null, (Object) arguments);
            long took = clock() - begun;
            System.setOut(out);
            kept.flush();
            String printed = bytes.toString();
            if (round < LEAST) {
                first.append(printed);
            }
            System.err.println("round " + took / 1000);
        }
        out.print(first);
    }

    private static long clock() throws Exception {
        if ("cpu".equals(System.getProperty("clock"))) {
            return Long.parseLong(Files.readString(Path.of("/proc/thread-self/schedstat")).split(" ")[0]);
        }
        return System.nanoTime();
    }
}
