// grants: file
import java.io.*;
import java.nio.*;
import java.nio.channels.*;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.*;

/** AsynchronousFileChannel, Channels adapters, sparse positions, file watching, file stores. */
public class AsyncFiles {
    public static void main(String[] args) throws Exception {
        Path p = Files.createTempFile("async", ".bin");
        try (AsynchronousFileChannel c =
                 AsynchronousFileChannel.open(p, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            System.out.println(c.write(ByteBuffer.wrap("hello async".getBytes()), 0).get() + " " + c.size());
            ByteBuffer b = ByteBuffer.allocate(5);
            System.out.println(c.read(b, 6).get() + " " + new String(b.array()));
            CountDownLatch l = new CountDownLatch(2);
            String[] seen = new String[2];
            c.read(ByteBuffer.allocate(3), 0, "att", new CompletionHandler<Integer, String>() {
                public void completed(Integer n, String a) {
                    seen[0] = n + a;
                    l.countDown();
                }
                public void failed(Throwable t, String a) {
                    seen[0] = "" + t;
                    l.countDown();
                }
            });
            c.read(ByteBuffer.allocate(3), 1000, "eof", new CompletionHandler<Integer, String>() {
                public void completed(Integer n, String a) {
                    seen[1] = n + a;
                    l.countDown();
                }
                public void failed(Throwable t, String a) {
                    seen[1] = "" + t;
                    l.countDown();
                }
            });
            l.await();
            System.out.println(Arrays.toString(seen));
            try (FileLock k = c.lock().get()) {
                System.out.println(k.isValid());
            }
            c.truncate(5);
            System.out.println(c.size());
        }
        try (FileChannel c = FileChannel.open(p, StandardOpenOption.WRITE)) {
            c.write(ByteBuffer.wrap(new byte[] {1}), 5L << 30);
            System.out.println(c.size());
        }
        try (RandomAccessFile r = new RandomAccessFile(p.toFile(), "r")) {
            r.seek(5L << 30);
            System.out.println(r.read() + " " + r.getFilePointer());
            r.seek(1L << 32);
            System.out.println(r.read());
        }
        Files.delete(p);
        ReadableByteChannel rc = Channels.newChannel(new ByteArrayInputStream("channel bytes".getBytes()));
        ByteBuffer d = ByteBuffer.allocateDirect(7);
        System.out.println(
            rc.read(d) + " " + rc.read(ByteBuffer.allocate(100)) + " " + rc.read(ByteBuffer.allocate(1)));
        ByteArrayOutputStream bo = new ByteArrayOutputStream();
        WritableByteChannel wc = Channels.newChannel(bo);
        d.flip();
        wc.write(d);
        System.out.println(bo + " " + wc.isOpen());
        Path q = Files.createTempFile("chan", ".txt");
        try (Writer w = Channels.newWriter(FileChannel.open(q, StandardOpenOption.WRITE), "UTF-8")) {
            w.write("w\u00e9\n");
        }
        try (Reader r = Channels.newReader(FileChannel.open(q), "UTF-8")) {
            System.out.println(new BufferedReader(r).readLine().length());
        }
        try (SeekableByteChannel s = Files.newByteChannel(q)) {
            s.position(1);
            System.out.println(s.size() + " " + s.position());
        }
        Files.delete(q);
        Path dir = Files.createTempDirectory("watch");
        try (WatchService ws = FileSystems.getDefault().newWatchService()) {
            dir.register(ws, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);
            System.out.println(ws.poll());
            Files.createFile(dir.resolve("new.txt"));
            WatchKey k = ws.poll(20, TimeUnit.SECONDS);
            List<String> ev = new ArrayList<>();
            for (WatchEvent<?> e : k.pollEvents()) ev.add(e.kind() + ":" + e.context());
            System.out.println(ev + " " + k.reset() + " " + k.watchable().equals(dir));
        }
        Files.delete(dir.resolve("new.txt"));
        Files.delete(dir);
        System.out.println(FileSystems.getDefault().isOpen() + " " + FileSystems.getDefault().provider().getScheme()
            + " " + FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
    }
}
