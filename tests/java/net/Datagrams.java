// grants: net
import java.net.*;
import java.nio.*;
import java.nio.channels.*;
import java.util.*;

/** DatagramSocket and DatagramChannel on the loopback. */
public class Datagrams {
    public static void main(String[] args) throws Exception {
        InetAddress lo = InetAddress.getLoopbackAddress();
        try (DatagramSocket a = new DatagramSocket(0, lo); DatagramSocket b = new DatagramSocket(0, lo)) {
            a.setSoTimeout(5000);
            b.setSoTimeout(5000);
            a.send(new DatagramPacket("ping".getBytes(), 4, lo, b.getLocalPort()));
            DatagramPacket p = new DatagramPacket(new byte[100], 100);
            b.receive(p);
            System.out.println(new String(p.getData(), 0, p.getLength()) + " " + (p.getPort() == a.getLocalPort()) + " "
                + p.getAddress().isLoopbackAddress());
            b.send(new DatagramPacket("pong pong".getBytes(), 9, p.getSocketAddress()));
            DatagramPacket small = new DatagramPacket(new byte[4], 4);
            a.receive(small);
            System.out.println(new String(small.getData(), 0, small.getLength()));
            a.setSoTimeout(10);
            try {
                a.receive(p);
            } catch (SocketTimeoutException e) { System.out.println(e.getMessage()); }
            a.connect(lo, b.getLocalPort());
            System.out.println(a.isConnected() + " " + (a.getPort() == b.getLocalPort()));
            a.send(new DatagramPacket(new byte[3], 3));
            p.setLength(50);
            b.receive(p);
            System.out.println(p.getLength());
        }
        try (DatagramChannel c = DatagramChannel.open().bind(new InetSocketAddress(lo, 0));
            DatagramChannel d = DatagramChannel.open()) {
            d.send(ByteBuffer.wrap("chan".getBytes()), c.getLocalAddress());
            ByteBuffer r = ByteBuffer.allocateDirect(10);
            SocketAddress from = c.receive(r);
            r.flip();
            byte[] x = new byte[r.remaining()];
            r.get(x);
            System.out.println(new String(x) + " " + (from != null));
            c.configureBlocking(false);
            System.out.println(c.receive(r) + " " + c.isBlocking());
        }
        DatagramSocket closed = new DatagramSocket(0, lo);
        closed.close();
        try {
            closed.receive(new DatagramPacket(new byte[1], 1));
        } catch (SocketException e) { System.out.println(e.getMessage()); }
    }
}
