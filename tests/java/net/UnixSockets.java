// grants: net,file
import java.net.*;
import java.nio.*;
import java.nio.channels.*;
import java.nio.file.*;

/** Unix domain sockets through SocketChannel. */
public class UnixSockets {
    public static void main(String[] args) throws Exception {
        Path dir = Files.createTempDirectory("uds"), sock = dir.resolve("s");
        UnixDomainSocketAddress at = UnixDomainSocketAddress.of(sock);
        try (ServerSocketChannel s = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            s.bind(at);
            System.out.println(
                Files.exists(sock) + " " + s.getLocalAddress().equals(at) + " " + at.getPath().getFileName());
            Thread t = new Thread(() -> {
                try (SocketChannel c = s.accept()) {
                    ByteBuffer b = ByteBuffer.allocate(64);
                    while (c.read(b) >= 0) {
                        b.flip();
                        while (b.hasRemaining()) c.write(b);
                        b.clear();
                    }
                } catch (Exception e) { System.out.println(e); }
            });
            t.start();
            try (SocketChannel c = SocketChannel.open(at)) {
                c.write(ByteBuffer.wrap("over a path".getBytes()));
                c.shutdownOutput();
                ByteBuffer b = ByteBuffer.allocateDirect(64);
                while (c.read(b) >= 0) {}
                b.flip();
                byte[] x = new byte[b.remaining()];
                b.get(x);
                System.out.println(new String(x) + " " + c.getRemoteAddress().equals(at));
            }
            t.join();
            try {
                ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(at);
            } catch (BindException e) { System.out.println(e.getMessage()); }
        }
        try {
            SocketChannel.open(at);
        } catch (ConnectException e) { System.out.println(e.getMessage()); }
        Files.delete(sock);
        try {
            SocketChannel.open(at);
        } catch (SocketException e) { System.out.println(e.getMessage()); }
        Files.delete(dir);
    }
}
