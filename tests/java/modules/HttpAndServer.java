// slow
// grants: net
import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Authenticator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** java.net.http against jdk.httpserver: bodies, headers, redirects, authentication, timeouts, many at a time. */
public class HttpAndServer {
    public static void main(String[] args) throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(4);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(workers);
        server.createContext("/echo", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().add("X-Method", exchange.getRequestMethod());
            exchange.getResponseHeaders().add("X-Query", String.valueOf(exchange.getRequestURI().getQuery()));
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
        server.createContext("/chunks", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                for (int i = 0; i < 2000; i++) {
                    out.write(("line " + i + "\n").getBytes(StandardCharsets.UTF_8));
                }
            }
        });
        server.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", "/echo?from=moved");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.createContext("/slow", exchange -> {
            try {
                Thread.sleep(400);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        HttpContext secret = server.createContext("/secret", exchange -> {
            byte[] body = exchange.getPrincipal().getUsername().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        secret.setAuthenticator(new BasicAuthenticator("vault") {
            @Override
            public boolean checkCredentials(String user, String password) {
                return user.equals("ann") && password.equals("tea");
            }
        });
        server.start();
        String base = "http://" + server.getAddress().getAddress().getHostAddress() + ":" + server.getAddress().getPort();
        HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .authenticator(new Authenticator() {
                    @Override
                    protected PasswordAuthentication getPasswordAuthentication() {
                        return new PasswordAuthentication("ann", "tea".toCharArray());
                    }
                })
                .build();

        HttpResponse<String> posted = client.send(request(base, "/echo?a=b")
                .POST(HttpRequest.BodyPublishers.ofString("h\u00e9llo")).build(), HttpResponse.BodyHandlers.ofString());
        System.out.println(posted.statusCode() + " " + posted.body().length() + " "
                + posted.headers().firstValue("x-method").get() + " " + posted.headers().firstValue("x-query").get()
                + " " + posted.version());
        HttpResponse<String> moved =
                client.send(request(base, "/moved").build(), HttpResponse.BodyHandlers.ofString());
        System.out.println(moved.statusCode() + " " + moved.uri().getPath() + " "
                + moved.previousResponse().get().statusCode());
        System.out.println(client.send(request(base, "/chunks").build(), HttpResponse.BodyHandlers.ofLines())
                .body().mapToInt(String::length).sum());
        System.out.println(client.send(request(base, "/secret").build(), HttpResponse.BodyHandlers.ofString()).body());
        System.out.println(client.send(request(base, "/none").build(), HttpResponse.BodyHandlers.discarding())
                .statusCode());
        try {
            client.send(request(base, "/slow").timeout(Duration.ofMillis(60)).build(),
                    HttpResponse.BodyHandlers.discarding());
        } catch (HttpTimeoutException e) {
            System.out.println(e.getMessage());
        }
        List<CompletableFuture<Integer>> many = IntStream.range(0, 30)
                .mapToObj(i -> client.sendAsync(request(base, "/echo?" + i)
                        .PUT(HttpRequest.BodyPublishers.ofByteArray(new byte[i * 100])).build(),
                        HttpResponse.BodyHandlers.ofByteArray()).thenApply(response -> response.body().length))
                .collect(Collectors.toList());
        System.out.println(many.stream().mapToInt(CompletableFuture::join).sum());
        server.stop(0);
        workers.shutdown();
        try {
            client.send(request(base, "/echo").build(), HttpResponse.BodyHandlers.discarding());
        } catch (IOException e) {
            System.out.println(e.getClass().getName());
        }
    }

    static HttpRequest.Builder request(String base, String path) {
        return HttpRequest.newBuilder(URI.create(base + path));
    }
}
