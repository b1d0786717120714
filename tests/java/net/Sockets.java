// grants: net
import java.io.*;
import java.net.*;
import java.util.*;

/** Loopback ServerSocket and Socket: echo, timeouts, half close, refused, options, many clients. */
public class Sockets {
    public static void main(String[] args) throws Exception {
        try (ServerSocket s = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            System.out.println(
                s.isBound() + " " + (s.getLocalPort() > 0) + " " + s.getInetAddress().isLoopbackAddress());
            Thread t = new Thread(() -> {
                try {
                    for (int i = 0; i < 3; i++)
                        try (Socket c = s.accept();
                            BufferedReader r = new BufferedReader(new InputStreamReader(c.getInputStream()));
                            PrintWriter w = new PrintWriter(c.getOutputStream(), true)) {
                            for (String l; (l = r.readLine()) != null;) w.println("echo " + l);
                        }
                } catch (IOException e) { System.out.println(e); }
            });
            t.start();
            for (int i = 0; i < 3; i++) try (Socket c = new Socket(s.getInetAddress(), s.getLocalPort())) {
                    c.setTcpNoDelay(true);
                    c.setSoTimeout(5000);
                    c.setKeepAlive(true);
                    PrintWriter w = new PrintWriter(c.getOutputStream(), true);
                    BufferedReader r = new BufferedReader(new InputStreamReader(c.getInputStream()));
                    w.println("one" + i);
                    w.println("two");
                    System.out.println(r.readLine() + " " + r.readLine() + " " + c.getTcpNoDelay() + c.getKeepAlive()
                        + c.getSoTimeout() + c.isConnected() + c.isClosed() + (c.getPort() == s.getLocalPort()));
                    c.shutdownOutput();
                    System.out.println(r.readLine() + " " + c.isOutputShutdown());
                }
            t.join();
            s.setSoTimeout(10);
            try {
                s.accept();
            } catch (SocketTimeoutException e) { System.out.println(e.getMessage()); }
            Socket slow = new Socket(s.getInetAddress(), s.getLocalPort());
            Socket peer = s.accept();
            slow.setSoTimeout(10);
            try {
                slow.getInputStream().read();
            } catch (SocketTimeoutException e) { System.out.println(e.getMessage()); }
            byte[] big = new byte[300_000];
            new Random(1).nextBytes(big);
            Thread w = new Thread(() -> {
                try {
                    peer.getOutputStream().write(big);
                    peer.close();
                } catch (IOException e) { System.out.println(e); }
            });
            w.start();
            slow.setSoTimeout(5000);
            System.out.println(Arrays.equals(slow.getInputStream().readAllBytes(), big));
            w.join();
            Thread blocked = new Thread(() -> {
                try {
                    slow.getInputStream().read();
                } catch (SocketException e) { System.out.println(e.getMessage()); } catch (IOException e) {
                    System.out.println(e);
                }
            });
            slow.close();
            blocked.start();
            blocked.join();
            try {
                slow.getInputStream();
            } catch (SocketException e) { System.out.println(e.getMessage()); }
        }
        ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        int port = gone.getLocalPort();
        gone.close();
        try {
            new Socket(InetAddress.getLoopbackAddress(), port);
        } catch (ConnectException e) { System.out.println(e.getMessage()); }
        try {
            gone.accept();
        } catch (SocketException e) { System.out.println(e.getMessage()); }
        ServerSocket cl = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread acc = new Thread(() -> {
            try {
                cl.accept();
            } catch (IOException e) { System.out.println(e.getMessage()); }
        });
        acc.start();
        // Before it waits there, it would find the socket closed in another way.
        while (Arrays.stream(acc.getStackTrace())
            .noneMatch(f -> f.isNativeMethod() && f.getClassName().startsWith("sun.nio.ch."))) Thread.sleep(1);
        cl.close();
        acc.join();
        try {
            new Socket("localhost", 99999);
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        try {
            new Socket().getInputStream();
        } catch (SocketException e) { System.out.println(e.getMessage()); }
        try (ServerSocket a = new ServerSocket(0)) {
            try (ServerSocket b = new ServerSocket(a.getLocalPort())) {
                System.out.println("?");
            } catch (BindException e) { System.out.println(e.getMessage().startsWith("Address already in use")); }
        }
    }
}
