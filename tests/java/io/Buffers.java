import java.nio.*;
import java.util.*;

/** ByteBuffer and friends: heap and direct, views, orders, slices, bulk moves, limits, errors. */
public class Buffers {
    static void t(Runnable r) {
        try {
            r.run();
            System.out.print("ok ");
        } catch (RuntimeException e) { System.out.print(e.getClass().getSimpleName() + " "); }
    }
    public static void main(String[] args) {
        for (ByteBuffer b : new ByteBuffer[] {
                 ByteBuffer.allocate(64), ByteBuffer.allocateDirect(64), ByteBuffer.wrap(new byte[80], 8, 64).slice()})
            for (ByteOrder o : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
                b.clear();
                b.order(o);
                b.put((byte) 1)
                    .putShort((short) -2)
                    .putChar('c')
                    .putInt(0x01020304)
                    .putLong(-5L)
                    .putFloat(1.5f)
                    .putDouble(Math.PI)
                    .put(new byte[] {9, 8, 7})
                    .putInt(40, 77)
                    .putLong(48, 1L << 40);
                int pos = b.position();
                b.flip();
                int h = 0;
                for (int i = 0; i < 64; i++) {
                    b.limit(64);
                    h = h * 31 + b.get(i);
                }
                b.position(0);
                System.out.print(pos + " " + h + " " + b.get() + b.getShort() + b.getChar() + b.getInt() + b.getLong()
                    + b.getFloat() + b.getDouble() + " " + b.getInt(40) + " " + b.getLong(48) + " " + b.order() + " ");
                b.position(8).mark();
                b.get();
                b.reset();
                ByteBuffer s = b.slice();
                s.put(0, (byte) 99);
                ByteBuffer d = b.duplicate();
                d.position(20);
                System.out.print(b.get(8) + " " + s.capacity() + " " + b.position() + " " + d.order() + " "
                    + b.compareTo(d) + " " + b.mismatch(d) + " ");
                IntBuffer ib = b.position(0).asIntBuffer();
                ib.put(3, 12345);
                LongBuffer lb = b.asLongBuffer();
                ShortBuffer sb = b.asShortBuffer();
                CharBuffer cb = b.asCharBuffer();
                DoubleBuffer db = b.asDoubleBuffer();
                FloatBuffer fb = b.asFloatBuffer();
                fb.put(0, 2.5f);
                System.out.println(b.getInt(12) + " " + lb.get(0) + " " + sb.get(1) + " " + (int) cb.charAt(2) + " "
                    + db.get(7) + " " + fb.get(0) + " " + ib.remaining() + " " + b.isDirect() + b.hasArray() + " "
                    + b.compact().position());
            }
        ByteBuffer b = ByteBuffer.allocate(10);
        t(() -> b.get(10));
        t(() -> b.getLong(3));
        t(() -> b.position(11));
        t(() -> b.limit(-1));
        t(() -> b.put(new byte[11]));
        t(() -> b.asReadOnlyBuffer().put((byte) 1));
        t(() -> b.asReadOnlyBuffer().array());
        t(() -> b.reset());
        t(() -> b.duplicate().put(b));
        t(() -> b.put(b));
        t(() -> ByteBuffer.allocate(-1));
        t(() -> b.slice(5, 6));
        t(() -> ByteBuffer.allocateDirect(4).array());
        t(() -> b.limit(3).getInt());
        System.out.println();
        CharBuffer c = CharBuffer.wrap("hello");
        System.out.println(c.subSequence(1, 3) + " " + c.length() + c.charAt(1) + c.isReadOnly() + " "
            + CharBuffer.allocate(3).put("abc").flip() + " " + c.compareTo(CharBuffer.wrap("help"))
            + c.equals(CharBuffer.wrap("hello".toCharArray())) + c.hashCode());
        IntBuffer i1 = IntBuffer.wrap(new int[] {1, 2, 3}), i2 = IntBuffer.allocate(5).put(i1).flip();
        System.out.println(i2 + " " + Arrays.toString(i2.array()) + i1.hasRemaining());
        ByteBuffer src = ByteBuffer.allocateDirect(1000);
        for (int i = 0; i < 1000; i++) src.put((byte) i);
        src.flip();
        ByteBuffer dst = ByteBuffer.allocate(1000);
        dst.put(src).flip();
        src.rewind();
        System.out.println(dst.equals(src) + " " + dst.hashCode() + " " + src);
        byte[] mid = new byte[10];
        src.get(500, mid);
        System.out.println(Arrays.toString(mid) + ByteOrder.nativeOrder() + src.alignedSlice(8).capacity() % 8 + " "
            + dst.arrayOffset());
    }
}
