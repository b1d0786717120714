// grants: file
import java.io.*;
import java.nio.*;
import java.nio.channels.*;
import java.nio.file.*;
import java.util.*;

/** RandomAccessFile, FileChannel: positions, truncation, scatter/gather, transfer, locks, mapping. */
public class RandomAccess {
    public static void main(String[] args) throws Exception {
        Path p = Files.createTempFile("raf", ".bin");
        try (RandomAccessFile r = new RandomAccessFile(p.toFile(), "rw")) {
            r.writeInt(0x01020304);
            r.writeLong(-5);
            r.writeDouble(2.5);
            r.writeUTF("utf\u00e9");
            r.writeBoolean(true);
            r.writeChar('q');
            r.writeBytes("by\n");
            r.write(new byte[] {9, 8, 7}, 1, 2);
            System.out.println(r.length() + " " + r.getFilePointer());
            r.seek(0);
            System.out.println(r.readInt() + " " + r.readLong() + " " + r.readDouble() + " " + r.readUTF() + " "
                + r.readBoolean() + r.readChar() + r.readLine() + r.read() + r.readUnsignedByte() + " " + r.read());
            r.seek(100);
            r.write(1);
            System.out.println(r.length());
            r.setLength(10);
            System.out.println(r.length() + " " + r.getFilePointer());
            r.seek(8);
            try {
                r.readLong();
            } catch (EOFException e) { System.out.println("EOF"); }
            r.seek(2);
            System.out.println(r.skipBytes(100) + " " + r.getFilePointer());
        }
        try (FileChannel c = FileChannel.open(p, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            c.truncate(0);
            ByteBuffer[] bs = {ByteBuffer.wrap("hello ".getBytes()), ByteBuffer.wrap("world".getBytes())};
            System.out.println(c.write(bs) + " " + c.size() + " " + c.position());
            ByteBuffer d = ByteBuffer.allocateDirect(5);
            System.out.println(c.read(d, 6));
            d.flip();
            byte[] x = new byte[5];
            d.get(x);
            System.out.println(new String(x));
            c.position(0);
            ByteBuffer b1 = ByteBuffer.allocate(3), b2 = ByteBuffer.allocate(20);
            System.out.println(c.read(new ByteBuffer[] {b1, b2}) + " " + new String(b1.array()) + " " + b2.position()
                + " " + c.read(b2));
            c.write(ByteBuffer.wrap("X".getBytes()), 20);
            System.out.println(c.size());
            MappedByteBuffer m = c.map(FileChannel.MapMode.READ_WRITE, 0, 64);
            m.put(30, (byte) 42);
            m.force();
            System.out.println(
                m.get(0) + " " + m.get(30) + " " + c.size() + " " + m.isDirect() + " " + (m.load() == m));
            MappedByteBuffer ro = c.map(FileChannel.MapMode.READ_ONLY, 0, c.size());
            System.out.println(ro.get(30) + " " + ro.isReadOnly());
            try {
                ro.put(0, (byte) 1);
            } catch (ReadOnlyBufferException e) { System.out.println("ROBE"); }
            MappedByteBuffer pr = c.map(FileChannel.MapMode.PRIVATE, 0, 8);
            pr.put(0, (byte) 'P');
            ByteBuffer one = ByteBuffer.allocate(1);
            c.read(one, 0);
            System.out.println((char) one.get(0));
            try (FileLock l = c.lock(0, 10, false)) {
                System.out.println(l.isValid() + " " + l.isShared() + " " + l.overlaps(5, 1));
                try {
                    c.tryLock(0, 5, false);
                } catch (OverlappingFileLockException e) { System.out.println("overlap"); }
            }
            Path q = Files.createTempFile("raf2", ".bin");
            try (FileChannel o = FileChannel.open(q, StandardOpenOption.WRITE)) {
                System.out.println(
                    c.transferTo(0, 11, o) + " " + o.size() + " " + o.transferFrom(c.position(0), 11, 4));
            }
            System.out.println(Files.readString(q));
            Files.delete(q);
        }
        try (FileChannel c = FileChannel.open(p, StandardOpenOption.READ)) {
            c.write(ByteBuffer.allocate(1));
        } catch (NonWritableChannelException e) { System.out.println("not writable"); }
        FileChannel cl = FileChannel.open(p);
        cl.close();
        try {
            cl.size();
        } catch (ClosedChannelException e) { System.out.println("closed " + cl.isOpen()); }
        try {
            new RandomAccessFile(p.toFile(), "x");
        } catch (IllegalArgumentException e) { System.out.println("IAE"); }
        try {
            new RandomAccessFile("/no/such/file", "r");
        } catch (FileNotFoundException e) { System.out.println(e.getMessage()); }
        Files.delete(p);
        try {
            FileChannel.open(p);
        } catch (NoSuchFileException e) { System.out.println("NSFE"); }
        try (FileChannel n = FileChannel.open(
                 p, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
            System.out.println(n.write(ByteBuffer.wrap(new byte[3])) + " " + Files.exists(p));
        }
        System.out.println(Files.exists(p));
    }
}
