// grants: net
// versions: 17
// jvm: -Djdk.net.usePlainDatagramSocketImpl
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.util.concurrent.Callable;

/** The older datagram socket implementation: packets, options, groups, closing under a blocked thread. */
public class PlainDatagrams {
    static void t(String name, Callable<?> action) {
        try {
            System.out.println(name + " " + action.call());
        } catch (Throwable e) {
            System.out.println(name + " " + e);
        }
    }

    public static void main(String[] args) throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        MulticastSocket s = new MulticastSocket(new InetSocketAddress(loopback, 0));
        DatagramSocket c = new DatagramSocket(0, loopback);
        c.send(new DatagramPacket("hello".getBytes(), 5, loopback, s.getLocalPort()));
        DatagramPacket p = new DatagramPacket(new byte[10], 2, 3);
        s.receive(p);
        t("packet", () -> p.getOffset() + " " + p.getLength() + " " + new String(p.getData(), 2, 3));
        t("from", () -> p.getAddress() + " " + (p.getPort() == c.getLocalPort()));
        s.setSoTimeout(20);
        t("timeout", () -> {
            s.receive(p);
            return "received";
        });
        s.setSoTimeout(0);
        t("ttl", s::getTimeToLive);
        s.setTimeToLive(7);
        t("ttl", s::getTimeToLive);
        t("loop", s::getLoopbackMode);
        s.setLoopbackMode(true);
        t("loop", () -> s.getLoopbackMode() + " " + s.getOption(StandardSocketOptions.IP_MULTICAST_LOOP));
        t("interface", s::getNetworkInterface);
        NetworkInterface lo = NetworkInterface.getByInetAddress(loopback);
        s.setNetworkInterface(lo);
        t("interface", () -> s.getNetworkInterface().equals(lo) + " " + s.getInterface().isLoopbackAddress());
        s.setInterface(loopback);
        t("interface", () -> s.getNetworkInterface().equals(lo));
        t("options", () -> s.getReuseAddress() + " " + s.getBroadcast() + " " + c.getReuseAddress());
        s.setBroadcast(false);
        s.setSendBufferSize(9000);
        s.setReceiveBufferSize(9000);
        s.setTrafficClass(16);
        t("options", () -> s.getBroadcast() + " " + s.getSendBufferSize() + " " + s.getReceiveBufferSize());
        t("options", () -> s.getTrafficClass() + " " + s.getLocalAddress());
        InetSocketAddress group = new InetSocketAddress("224.0.0.251", 0);
        for (int i = 0; i < 2; i++) {
            t("join", () -> {
                s.joinGroup(group, lo);
                return "done";
            });
        }
        for (int i = 0; i < 2; i++) {
            t("leave", () -> {
                s.leaveGroup(group, lo);
                return "done";
            });
        }
        int port = s.getLocalPort();
        c.connect(loopback, port);
        t("connected", () -> c.isConnected() + " " + c.getInetAddress());
        s.send(new DatagramPacket(new byte[1], 1, loopback, c.getLocalPort()));
        c.receive(p);
        t("length", p::getLength);
        c.disconnect();
        t("bound", () -> new DatagramSocket(c.getLocalPort(), loopback));
        Thread receiver = new Thread(() -> t("closed", () -> {
            s.receive(p);
            return "received";
        }));
        receiver.start();
        Thread.sleep(50);
        s.close();
        receiver.join();
        c.connect(loopback, port);
        t("unreachable", () -> {
            for (int i = 0; i < 5; i++) {
                c.send(new DatagramPacket(new byte[1], 1));
                Thread.sleep(20);
            }
            return "sent";
        });
        c.close();
        t("closed", () -> {
            c.send(new DatagramPacket(new byte[1], 1));
            return "sent";
        });
    }
}
