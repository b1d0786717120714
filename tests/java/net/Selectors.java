// grants: net
import java.net.*;
import java.nio.*;
import java.nio.channels.*;
import java.util.*;

/** A selector-driven echo server on the loopback, pipes, wakeup, cancelled keys, asynchronous channels. */
public class Selectors {
    public static void main(String[] args) throws Exception {
        Selector sel = Selector.open();
        ServerSocketChannel srv =
            ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        srv.configureBlocking(false);
        srv.register(sel, SelectionKey.OP_ACCEPT);
        InetSocketAddress at = (InetSocketAddress) srv.getLocalAddress();
        int[] counts = new int[2];
        Thread server = new Thread(() -> {
            try {
                ByteBuffer buf = ByteBuffer.allocateDirect(256);
                int closed = 0;
                while (closed < 4) {
                    sel.select(5000);
                    for (Iterator<SelectionKey> it = sel.selectedKeys().iterator(); it.hasNext();) {
                        SelectionKey k = it.next();
                        it.remove();
                        if (k.isAcceptable()) {
                            SocketChannel c = srv.accept();
                            c.configureBlocking(false);
                            c.register(sel, SelectionKey.OP_READ, "att" + counts[0]++);
                        } else if (k.isReadable()) {
                            SocketChannel c = (SocketChannel) k.channel();
                            buf.clear();
                            int n = c.read(buf);
                            if (n < 0) {
                                k.cancel();
                                c.close();
                                closed++;
                            } else {
                                counts[1] += n;
                                buf.flip();
                                while (buf.hasRemaining()) c.write(buf);
                            }
                        }
                    }
                }
            } catch (Exception e) { e.printStackTrace(System.out); }
        });
        server.start();
        Thread[] cs = new Thread[4];
        boolean[] ok = new boolean[4];
        for (int i = 0; i < 4; i++) {
            int id = i;
            (cs[i] = new Thread(() -> {
                try (SocketChannel c = SocketChannel.open(at)) {
                    ByteBuffer b = ByteBuffer.allocate(100);
                    ok[id] = true;
                    for (int m = 0; m < 20; m++) {
                        byte[] msg = ("client " + id + " message " + m).getBytes();
                        c.write(ByteBuffer.wrap(msg));
                        b.clear().limit(msg.length);
                        while (b.hasRemaining())
                            if (c.read(b) < 0) break;
                        ok[id] &= Arrays.equals(Arrays.copyOf(b.array(), msg.length), msg);
                    }
                } catch (Exception e) { e.printStackTrace(System.out); }
            })).start();
        }
        for (Thread c : cs) c.join();
        server.join();
        System.out.println(Arrays.toString(ok) + " " + counts[0] + " " + counts[1]);
        System.out.println(sel.selectNow() + " " + sel.keys().size());
        Thread wk = new Thread(sel::wakeup);
        wk.start();
        System.out.println(sel.select());
        wk.join();
        long t0 = System.nanoTime();
        sel.select(20);
        System.out.println(System.nanoTime() - t0 >= 19_000_000);
        Pipe p = Pipe.open();
        p.source().configureBlocking(false);
        SelectionKey pk = p.source().register(sel, SelectionKey.OP_READ);
        p.sink().write(ByteBuffer.wrap("pipe".getBytes()));
        System.out.println(sel.select(5000) + " " + pk.isReadable());
        ByteBuffer pb = ByteBuffer.allocate(10);
        System.out.println(p.source().read(pb) + " " + new String(pb.array(), 0, 4) + " " + p.source().read(pb));
        pk.cancel();
        sel.selectNow();
        System.out.println(pk.isValid());
        SocketChannel nb = SocketChannel.open();
        nb.configureBlocking(false);
        boolean now = nb.connect(at);
        if (!now) {
            nb.register(sel, SelectionKey.OP_CONNECT);
            sel.selectedKeys().clear();
            sel.select(5000);
        }
        System.out.println(nb.finishConnect() + " " + nb.isConnected());
        nb.close();
        srv.close();
        sel.close();
        System.out.println(sel.isOpen());
        try {
            sel.select();
        } catch (ClosedSelectorException e) { System.out.println("closed"); }
        try {
            srv.accept();
        } catch (ClosedChannelException e) { System.out.println("closed channel"); }
        AsynchronousServerSocketChannel as =
            AsynchronousServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        java.util.concurrent.Future<AsynchronousSocketChannel> acc = as.accept();
        AsynchronousSocketChannel ac = AsynchronousSocketChannel.open();
        ac.connect(as.getLocalAddress()).get();
        AsynchronousSocketChannel peer = acc.get();
        ac.write(ByteBuffer.wrap("async".getBytes())).get();
        ByteBuffer ab = ByteBuffer.allocate(5);
        while (ab.hasRemaining()) peer.read(ab).get();
        System.out.println(new String(ab.array()));
        ac.close();
        ByteBuffer end = ByteBuffer.allocate(1);
        System.out.println(peer.read(end).get());
        peer.close();
        as.close();
        SocketChannel blocked = SocketChannel.open();
        ServerSocketChannel s2 =
            ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        blocked.connect(s2.getLocalAddress());
        Thread rd = new Thread(() -> {
            try {
                blocked.read(ByteBuffer.allocate(1));
            } catch (AsynchronousCloseException e) { System.out.println("async close"); } catch (Exception e) {
                System.out.println(e);
            }
        });
        rd.start();
        Thread.sleep(30);
        blocked.close();
        rd.join();
        SocketChannel ib = SocketChannel.open(s2.getLocalAddress());
        Thread ri = new Thread(() -> {
            try {
                ib.read(ByteBuffer.allocate(1));
            } catch (ClosedByInterruptException e) { System.out.println("closed by interrupt"); } catch (Exception e) {
                System.out.println(e);
            }
        });
        ri.start();
        Thread.sleep(30);
        ri.interrupt();
        ri.join();
        System.out.println(ib.isOpen());
        s2.close();
    }
}
