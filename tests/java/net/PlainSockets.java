// grants: net
// versions: 17
// jvm: -Djdk.net.usePlainSocketImpl
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Callable;

/** The older socket implementation: streams, options, timeouts, closing under a blocked thread, texts of failures. */
public class PlainSockets {
    static void t(String name, Callable<?> action) {
        try {
            System.out.println(name + " " + action.call());
        } catch (Throwable e) {
            System.out.println(name + " " + e);
        }
    }

    static void closeUnder(Callable<?> blocked, AutoCloseable socket, String name) throws Exception {
        Thread thread = new Thread(() -> t(name, blocked));
        thread.start();
        Thread.sleep(50);
        socket.close();
        thread.join();
    }

    public static void main(String[] args) throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        ServerSocket server = new ServerSocket(0, 5, loopback);
        int port = server.getLocalPort();
        server.setSoTimeout(20);
        t("accept", server::accept);
        server.setSoTimeout(0);
        Socket client = new Socket(loopback, port);
        Socket other = server.accept();
        t("ports", () -> (client.getLocalPort() == other.getPort()) + " " + (other.getLocalPort() == port));
        t("addresses", () -> other.getInetAddress() + " " + client.getLocalAddress());
        client.getOutputStream().write("hello".getBytes());
        t("read", () -> new String(other.getInputStream().readNBytes(5)));
        t("available", () -> other.getInputStream().available());
        other.setSoTimeout(20);
        t("read", () -> other.getInputStream().read());
        other.setSoTimeout(0);
        client.setTcpNoDelay(true);
        client.setKeepAlive(true);
        client.setReuseAddress(true);
        client.setOOBInline(true);
        client.setSoLinger(true, 5);
        t("options", () -> client.getTcpNoDelay() + " " + client.getKeepAlive() + " " + client.getReuseAddress());
        t("options", () -> client.getOOBInline() + " " + client.getSoLinger() + " " + other.getTcpNoDelay());
        client.setSoLinger(false, 0);
        client.setSendBufferSize(8192);
        client.setReceiveBufferSize(8192);
        client.setTrafficClass(8);
        t("sizes", () -> client.getSendBufferSize() + " " + client.getReceiveBufferSize());
        t("other", () -> client.getSoLinger() + " " + client.getTrafficClass());
        client.shutdownOutput();
        t("end", () -> other.getInputStream().read());
        closeUnder(() -> client.getInputStream().read(), client, "closed");
        t("closed", client::getInputStream);
        other.close();
        closeUnder(server::accept, server, "closed");
        t("refused", () -> new Socket(loopback, port));
        t("refused", () -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(loopback, port), 1000);
                return "connected";
            }
        });
        t("bind", () -> {
            try (ServerSocket one = new ServerSocket(0); ServerSocket two = new ServerSocket(one.getLocalPort())) {
                return "bound";
            }
        });
    }
}
