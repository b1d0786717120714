import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** `args[0]` messages there and back over a socket's streams, then over channels. */
public class SocketEcho {
    public static void main(String[] args) throws Exception {
        int messages = Integer.parseInt(args[0]);
        System.out.println(streams(messages) + " " + channels(messages));
    }

    static long streams(int messages) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread echo = new Thread(() -> {
                try (Socket socket = server.accept()) {
                    socket.setTcpNoDelay(true);
                    DataInputStream in = new DataInputStream(socket.getInputStream());
                    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                    for (int i = 0; i < messages; i++) {
                        out.writeLong(in.readLong() + 1);
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            echo.start();
            long sum = 0;
            try (Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
                socket.setTcpNoDelay(true);
                DataInputStream in = new DataInputStream(socket.getInputStream());
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                for (int i = 0; i < messages; i++) {
                    out.writeLong(i);
                    sum += in.readLong();
                }
            }
            echo.join();
            return sum;
        }
    }

    static long channels(int messages) throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Thread echo = new Thread(() -> {
                try (SocketChannel socket = server.accept()) {
                    ByteBuffer buffer = ByteBuffer.allocateDirect(64);
                    while (socket.read(buffer) >= 0) {
                        buffer.flip();
                        socket.write(buffer);
                        buffer.clear();
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            echo.start();
            long sum = 0;
            try (SocketChannel socket = SocketChannel.open(server.getLocalAddress())) {
                ByteBuffer buffer = ByteBuffer.allocateDirect(8);
                for (int i = 0; i < messages; i++) {
                    buffer.clear();
                    buffer.putLong(0, i);
                    socket.write(buffer);
                    buffer.clear();
                    while (buffer.hasRemaining()) {
                        socket.read(buffer);
                    }
                    sum += buffer.getLong(0);
                }
            }
            echo.join();
            return sum;
        }
    }
}
