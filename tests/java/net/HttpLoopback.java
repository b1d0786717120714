// grants: net
import com.sun.net.httpserver.*;
import java.io.*;
import java.net.*;
import java.net.http.*;
import java.util.*;
import java.util.concurrent.*;

/** The JDK's own HTTP server with HttpURLConnection and java.net.http on the loopback. */
public class HttpLoopback {
    public static void main(String[] args) throws Exception {
        HttpServer s = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        s.createContext("/echo", x -> {
            byte[] b = x.getRequestBody().readAllBytes();
            String r = x.getRequestMethod() + " " + x.getRequestURI().getQuery() + " " + new String(b);
            x.getResponseHeaders().add("X-Own", "v");
            x.sendResponseHeaders(200, r.length());
            try (OutputStream o = x.getResponseBody()) {
                o.write(r.getBytes());
            }
        });
        s.createContext("/chunk", x -> {
            x.sendResponseHeaders(200, 0);
            try (OutputStream o = x.getResponseBody()) {
                for (int i = 0; i < 50; i++) o.write(("chunk" + i + "\n").getBytes());
            }
        });
        s.createContext("/redirect", x -> {
            x.getResponseHeaders().add("Location", "/echo?from=redirect");
            x.sendResponseHeaders(302, -1);
            x.close();
        });
        ExecutorService ex = Executors.newFixedThreadPool(2);
        s.setExecutor(ex);
        s.start();
        String base = "http://127.0.0.1:" + s.getAddress().getPort();
        HttpURLConnection c = (HttpURLConnection) new URL(base + "/echo?a=b").openConnection();
        c.setDoOutput(true);
        c.getOutputStream().write("posted".getBytes());
        System.out.println(c.getResponseCode() + " " + c.getHeaderField("X-Own") + " "
            + new String(c.getInputStream().readAllBytes()));
        System.out.println(((HttpURLConnection) new URL(base + "/nope").openConnection()).getResponseCode() + " "
            + new BufferedReader(new InputStreamReader(new URL(base + "/chunk").openStream())).lines().count() + " "
            + new String(new URL(base + "/redirect").openStream().readAllBytes()));
        try {
            new URL(base + "/nope").openStream();
        } catch (FileNotFoundException e) { System.out.println("FNFE"); }
        HttpClient h = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpResponse<String> r = h.send(HttpRequest.newBuilder(URI.create(base + "/echo?c=d"))
                                            .POST(HttpRequest.BodyPublishers.ofString("client"))
                                            .build(),
            HttpResponse.BodyHandlers.ofString());
        System.out.println(
            r.statusCode() + " " + r.body() + " " + r.headers().firstValue("x-own").get() + " " + r.version());
        List<CompletableFuture<Integer>> fs = new ArrayList<>();
        for (int i = 0; i < 6; i++)
            fs.add(h.sendAsync(HttpRequest.newBuilder(URI.create(base + "/chunk")).build(),
                        HttpResponse.BodyHandlers.ofLines())
                    .thenApply(x -> (int) x.body().count()));
        int n = 0;
        for (CompletableFuture<Integer> f : fs) n += f.get();
        System.out.println(n);
        s.stop(0);
        ex.shutdown();
        System.exit(0);
    }
}
