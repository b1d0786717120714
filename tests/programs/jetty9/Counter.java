import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.servlet.ServletContextHandler;
import org.eclipse.jetty.servlet.ServletHolder;

public class Counter {
    static final AtomicInteger BYTES = new AtomicInteger();

    static class Count extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentType("text/plain");
            response.setHeader("X-Query", String.valueOf(request.getQueryString()));
            response.getWriter().printf("%s %s%n", request.getMethod(), request.getPathInfo());
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            byte[] body = request.getInputStream().readAllBytes();
            BYTES.addAndGet(body.length);
            response.setStatus(201);
            response.getOutputStream().write(body, 0, Math.min(10, body.length));
        }
    }

    static String call(int port, String path, byte[] body) throws IOException {
        HttpURLConnection http = (HttpURLConnection) new URL("http", "127.0.0.1", port, path).openConnection();
        if (body != null) {
            http.setDoOutput(true);
            http.setFixedLengthStreamingMode(body.length);
            http.getOutputStream().write(body);
        }
        int code = http.getResponseCode();
        try (InputStream in = code < 400 ? http.getInputStream() : http.getErrorStream()) {
            String text = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return code + " " + http.getHeaderField("X-Query") + " " + text.lines().findFirst().orElse("-");
        }
    }

    public static void main(String[] args) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server, 1, 1);
        connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler();
        context.addServlet(new ServletHolder(new Count()), "/count/*");
        server.setHandler(context);
        server.start();
        int port = connector.getLocalPort();
        System.out.println(call(port, "/count/a/b?x=1", null));
        System.out.println(call(port, "/nothing", null).substring(0, 3));
        ExecutorService clients = Executors.newFixedThreadPool(4);
        Future<?>[] done = new Future<?>[40];
        for (int i = 0; i < done.length; i++) {
            byte[] body = ("body " + i + " ").repeat(50 * i).getBytes(StandardCharsets.UTF_8);
            done[i] = clients.submit(() -> call(port, "/count", body));
        }
        for (Future<?> future : done) System.out.println(future.get());
        clients.shutdown();
        System.out.println(BYTES + " bytes");
        server.stop();
        System.out.println(server.getState());
    }
}
