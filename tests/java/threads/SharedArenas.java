// versions: 25
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;

/** Memory shared by threads is closed while they access it, in loops that are compiled. */
public class SharedArenas {
    static final int LENGTH = 1 << 12;
    static volatile ByteBuffer current;
    static final LongAdder sums = new LongAdder();
    static Method ofShared, allocate, asByteBuffer;

    /** java.lang.foreign is not there where this is compiled. */
    static AutoCloseable arena() throws Exception {
        return (AutoCloseable) ofShared.invoke(null);
    }

    static ByteBuffer memory(AutoCloseable arena) throws Exception {
        return (ByteBuffer) asByteBuffer.invoke(allocate.invoke(arena, LENGTH, 8L));
    }

    static long sum(ByteBuffer memory) {
        long sum = 0;
        for (int i = 0; i < LENGTH; i += 4) {
            sum += memory.getInt(i);
        }
        return sum;
    }

    static void fill(ByteBuffer memory, int value) {
        for (int i = 0; i < LENGTH; i += 4) {
            memory.putInt(i, value);
        }
    }

    public static void main(String[] args) throws Exception {
        Class<?> arenas = Class.forName("java.lang.foreign.Arena");
        ofShared = arenas.getMethod("ofShared");
        allocate = arenas.getMethod("allocate", long.class, long.class);
        asByteBuffer = Class.forName("java.lang.foreign.MemorySegment").getMethod("asByteBuffer");
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger wrong = new AtomicInteger();
        Thread[] readers = new Thread[3];
        CountDownLatch warm = new CountDownLatch(readers.length);
        AutoCloseable arena = arena();
        current = memory(arena);
        for (int t = 0; t < readers.length; t++) {
            int kind = t;
            byte[] bytes = new byte[LENGTH];
            readers[t] = new Thread(() -> {
                for (int round = 0; !done.get(); round++) {
                    if (round == 300) {
                        warm.countDown();
                    }
                    ByteBuffer memory = current;
                    try {
                        switch (kind) {
                            case 0 -> sums.add(sum(memory));
                            case 1 -> fill(memory, 1);
                            default -> memory.get(0, bytes);
                        }
                    } catch (IllegalStateException e) {
                        if (!"Already closed".equals(e.getMessage())) {
                            wrong.incrementAndGet();
                        }
                    }
                }
            });
            readers[t].start();
        }
        warm.await();
        int closed = 0;
        for (int i = 0; i < 300; i++) {
            AutoCloseable next = arena();
            ByteBuffer memory = memory(next), old = current;
            if (i % 3 == 0) {
                arena.close();
                current = memory;
            } else {
                current = memory;
                arena.close();
            }
            closed++;
            try {
                old.getInt(0);
                System.out.println("read after it was closed");
            } catch (IllegalStateException e) {
                // as it should be
            }
            arena = next;
        }
        done.set(true);
        for (Thread reader : readers) {
            reader.join();
        }
        System.out.println(closed + " closed, " + wrong + " wrong");
    }
}
