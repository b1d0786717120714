import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Serves on 127.0.0.1 and the port it is given, until it is asked to stop; says then how many requests it served. */
public class WebServer {
    public static void main(String[] args) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])), 0);
        ExecutorService workers = Executors.newFixedThreadPool(4);
        AtomicInteger served = new AtomicInteger();
        server.setExecutor(workers);
        server.createContext("/sum", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            int sum = 0;
            for (byte one : body) {
                sum += one & 0xff;
            }
            byte[] answer = (exchange.getRequestURI().getQuery() + " " + sum).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
            served.incrementAndGet();
        });
        server.createContext("/stop", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
            new Thread(() -> {
                server.stop(1);
                workers.shutdown();
                System.out.println("served " + served);
            }).start();
        });
        server.start();
        System.out.println("ready");
    }
}
