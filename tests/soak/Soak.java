import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * A long run of what servers do: HTTP requests, thread pools, class loaders that come and go, files. Argument: seconds.
 * Every answer is checked. The resident set is printed each ten seconds; it must be flat once the first third is over:
 * the line through what is measured then rises by at most {@link #toleranceKib}.
 */
public class Soak {
    static final AtomicLong REQUESTS = new AtomicLong();
    static final AtomicLong LOADERS = new AtomicLong();
    static final AtomicLong UNLOADED = new AtomicLong();
    static final AtomicLong FILES = new AtomicLong();
    static final AtomicLong TASKS = new AtomicLong();
    static volatile Throwable failure;
    static volatile boolean stop;

    /** What the throw-away loaders define anew. */
    public static class Plugin implements Callable<String> {
        static final List<int[]> KEPT = new ArrayList<>();

        @Override
        public String call() {
            KEPT.add(new int[1000]);
            return IntStream.range(0, 20).mapToObj(i -> "p" + i).collect(Collectors.joining(",")) + KEPT.size();
        }
    }

    static final class Loader extends ClassLoader {
        Loader() {
            super(Soak.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(Plugin.class.getName())) {
                return super.loadClass(name, resolve);
            }
            try (InputStream in = Soak.class.getResourceAsStream("Soak$Plugin.class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    interface Step {
        void run(Random random) throws Exception;
    }

    static Thread start(String name, Step step) {
        Thread thread = new Thread(() -> {
            Random random = new Random(name.hashCode());
            while (!stop && failure == null) {
                try {
                    step.run(random);
                } catch (Throwable t) {
                    failure = t;
                }
            }
        }, name);
        thread.start();
        return thread;
    }

    static void check(boolean condition, String what) {
        if (!condition) {
            throw new IllegalStateException(what);
        }
    }

    static void http(HttpClient client, String base, Random random) throws Exception {
        String body = "x".repeat(random.nextInt(5000)) + random.nextLong();
        HttpRequest request =
            HttpRequest.newBuilder(URI.create(base)).POST(HttpRequest.BodyPublishers.ofString(body)).build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        check(response.statusCode() == 200 && response.body().equals(body.length() + ":" + body.hashCode()), "http");
        REQUESTS.incrementAndGet();
    }

    static void loader(List<WeakReference<Class<?>>> seen) throws Exception {
        Class<?> c = new Loader().loadClass(Plugin.class.getName());
        Object plugin = c.getDeclaredConstructor().newInstance();
        String answer = (String) ((Callable<?>) plugin).call();
        check(answer.endsWith("p191") && c != Plugin.class, "plugin " + answer);
        seen.add(new WeakReference<>(c));
        LOADERS.incrementAndGet();
        int before = seen.size();
        seen.removeIf(reference -> reference.get() == null);
        UNLOADED.addAndGet(before - seen.size());
        check(seen.size() < 5000, "loaders are not unloaded");
    }

    static void file(Path directory, Random random) throws IOException {
        Path file = Files.createTempFile(directory, "soak", ".gz");
        byte[] content = new byte[random.nextInt(40_000)];
        random.nextBytes(content);
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(content);
        }
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            check(java.util.Arrays.equals(in.readAllBytes(), content), "file");
        }
        Files.delete(file);
        FILES.incrementAndGet();
    }

    static void tasks(Random random) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(1 + random.nextInt(6));
        ConcurrentHashMap<Integer, String> results = new ConcurrentHashMap<>();
        List<Future<Integer>> futures = new ArrayList<>();
        Pattern words = Pattern.compile("(\\w+)-(\\d+)");
        for (int i = 0; i < 50; i++) {
            int number = i;
            futures.add(pool.submit(() -> {
                results.put(number, words.matcher("task-" + number).replaceAll("$2/$1"));
                return number * number;
            }));
        }
        int sum = 0;
        for (Future<Integer> future : futures) {
            sum += future.get();
        }
        check(sum == 40_425 && results.get(7).equals("7/task"), "tasks");
        CompletableFuture<String> chain =
            CompletableFuture.supplyAsync(() -> "a", pool).thenCombine(CompletableFuture.supplyAsync(() -> "b"), String::concat);
        check(chain.get().equals("ab"), "futures");
        pool.shutdown();
        TASKS.addAndGet(50);
    }

    static long residentKib() {
        try {
            return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * 4;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What memory may grow by. Within minutes methods still get hot one after the other (the client sends twenty requests a
     * second: what runs once in each is compiled after four minutes), and their code takes memory.
     */
    static long toleranceKib(int seconds) {
        return (seconds < 15 * 60 ? 24 : 8) * 1024;
    }

    /**
     * Slope of the line through (seconds, KiB) samples: the median of the slopes between any two (Theil and Sen), which a
     * single sample taken at a bad moment does not change.
     */
    static double slope(List<double[]> samples) {
        double[] slopes = IntStream.range(0, samples.size()).boxed()
            .flatMapToDouble(i -> samples.subList(i + 1, samples.size()).stream()
                .mapToDouble(s -> (s[1] - samples.get(i)[1]) / (s[0] - samples.get(i)[0])))
            .sorted().toArray();
        return slopes.length == 0 ? 0 : slopes[slopes.length / 2];
    }

    public static void main(String[] args) throws Exception {
        int seconds = Integer.parseInt(args[0]);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ExecutorService handlers = Executors.newCachedThreadPool();
        server.setExecutor(handlers);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            byte[] answer = (body.length() + ":" + body.hashCode()).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        String base = "http://" + server.getAddress().getAddress().getHostAddress() + ":" + server.getAddress().getPort();
        HttpClient client = HttpClient.newHttpClient();
        Path directory = Files.createTempDirectory("soak");
        List<WeakReference<Class<?>>> seen = new ArrayList<>();
        List<Thread> threads = List.of(start("http", random -> http(client, base, random)),
            start("loaders", random -> loader(seen)), start("files", random -> file(directory, random)),
            start("tasks", Soak::tasks));
        List<double[]> samples = new ArrayList<>();
        long begin = System.nanoTime();
        for (int tick = 1; failure == null; tick++) {
            long elapsed = (System.nanoTime() - begin) / 1_000_000_000L;
            if (elapsed >= seconds) {
                break;
            }
            Thread.sleep(Math.min(10_000, Math.max(1, (seconds - elapsed) * 1000)));
            long resident = residentKib();
            if (elapsed >= seconds / 3) {
                samples.add(new double[] {(System.nanoTime() - begin) / 1e9, resident});
            }
            System.out.println(tick * 10 + " s: " + resident / 1024 + " MiB, " + REQUESTS + " requests, " + LOADERS
                + " loaders, " + UNLOADED + " unloaded, " + FILES + " files, " + TASKS + " tasks");
        }
        stop = true;
        for (Thread thread : threads) {
            thread.join();
        }
        server.stop(0);
        handlers.shutdownNow();
        Files.delete(directory);
        if (failure != null) {
            failure.printStackTrace();
            System.exit(1);
        }
        check(REQUESTS.get() > 0 && LOADERS.get() > 0 && FILES.get() > 0 && TASKS.get() > 0, "a thread stands still");
        double slope = slope(samples);
        double length = seconds * 2 / 3.0;
        String growth = String.format("%+.1f MiB in the last %.0f s (%+.1f MiB an hour)", slope * length / 1024, length,
            slope * 3600 / 1024);
        check(slope * length <= toleranceKib(seconds), "memory grows: " + growth);
        System.out.println("flat: " + growth);
        System.exit(0);
    }
}
