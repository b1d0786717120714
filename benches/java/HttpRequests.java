import com.sun.net.httpserver.HttpServer;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** `args[0]` requests to the class library's server, by each of its two clients. */
public class HttpRequests {
    public static void main(String[] args) throws Exception {
        int requests = Integer.parseInt(args[0]);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            byte[] body = ("you asked for " + exchange.getRequestURI() + "\n").repeat(20).getBytes();
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        String base = "http://" + InetAddress.getLoopbackAddress().getHostAddress() + ":" + server.getAddress().getPort();
        long bytes = 0;
        HttpClient client = HttpClient.newHttpClient();
        for (int i = 0; i < requests; i++) {
            URI uri = URI.create(base + "/a" + i);
            HttpResponse<String> response =
                client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
            bytes += response.body().length() + response.statusCode();
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
            bytes += connection.getInputStream().readAllBytes().length;
        }
        System.out.println(bytes);
        server.stop(0);
        threads.shutdownNow();
    }
}
