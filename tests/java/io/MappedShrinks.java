// grants: file
import java.nio.*;
import java.nio.channels.*;
import java.nio.file.*;

/** A file that shrinks while it is mapped: accesses beyond its end are errors, again and again, until it grows. */
public class MappedShrinks {
    interface Act { void run() throws Exception; }
    static void tryIt(String name, Act act) {
        try {
            act.run();
            System.out.println(name + ": done");
        } catch (Throwable t) {
            System.out.println(name + ": " + t);
        }
    }
    public static void main(String[] a) throws Exception {
        Path p = Files.createTempFile("shrink", ".bin");
        try (FileChannel c = FileChannel.open(p, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            c.write(ByteBuffer.allocate(1 << 16), 0);
            MappedByteBuffer b = c.map(FileChannel.MapMode.READ_WRITE, 0, 1 << 16);
            MappedByteBuffer priv = c.map(FileChannel.MapMode.PRIVATE, 0, 1 << 16);
            b.put(0, (byte) 7);
            b.put(50000, (byte) 9);
            c.truncate(4096);
            tryIt("first", () -> System.out.println(b.get(0)));
            tryIt("get", () -> System.out.println(b.get(50000)));
            tryIt("get again", () -> System.out.println(b.get(50000)));
            tryIt("put", () -> b.put(50000, (byte) 1));
            tryIt("getInt", () -> System.out.println(b.getInt(60000)));
            tryIt("putLong", () -> b.putLong(60000, 5L));
            byte[] out = new byte[1 << 16];
            tryIt("bulk get", () -> b.duplicate().get(out));
            tryIt("bulk put", () -> b.duplicate().put(out));
            tryIt("priv get", () -> System.out.println(priv.get(50000)));
            tryIt("copy to heap", () -> ByteBuffer.allocate(1 << 16).put(b.duplicate()));
            tryIt("compare", () -> System.out.println(b.compareTo(priv)));
            Path q = Files.createTempFile("shrink", ".out");
            try (FileChannel o = FileChannel.open(q, StandardOpenOption.WRITE)) {
                tryIt("write from", () -> System.out.println(o.write(b.duplicate().position(8192))));
            }
            Files.delete(q);
            tryIt("load", () -> b.load());
            tryIt("first", () -> System.out.println(b.get(0)));
            c.write(ByteBuffer.wrap(new byte[] {42}), 50000);
            tryIt("grown", () -> System.out.println(b.get(50000)));
            tryIt("grown put", () -> b.put(50000, (byte) 1));
            tryIt("grown", () -> System.out.println(b.get(50000)));
        }
        Files.delete(p);
    }
}
