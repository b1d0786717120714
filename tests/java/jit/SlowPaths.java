// Values in registers over slow paths: polls, allocation, locks that recur, inflate and are contended.
import java.util.ArrayList;
import java.util.List;

public class SlowPaths {
    static final class Node {
        final double weight;
        Node next;

        Node(double weight, Node next) {
            this.weight = weight;
            this.next = next;
        }
    }

    static volatile boolean stop;
    static Object kept;

    /** Sixteen doubles, longs and references live while memory runs out and other threads stop the world. */
    static String allocating(int rounds) {
        double a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8, i = 9, j = 10, k = 11, l = 12, m = 13, n = 14;
        long x = 1, y = 2, z = 3, w = 4;
        Node first = new Node(0.5, null), second = new Node(0.25, first), last = second;
        for (int round = 0; round < rounds; round++) {
            int[] array = new int[64 + (round & 15)];
            array[round & 63] = round;
            last = new Node(round & 7, round % 1000 == 0 ? null : last);
            a += b; b = -b + 1; c += d * 0.5; d = e - 1; e = f; f = g + 0.5; g = h; h = i - 0.25; i = j; j = k; k = l; l = m;
            m = n; n = a > 1e6 ? 1 : a;
            x += y ^ array[round & 63]; y = z + 3; z = w ^ round; w = x >>> 3;
            if ((round & 0xfff) == 0) {
                kept = last;
            }
        }
        double sum = 0;
        for (Node at = last; at != null; at = at.next) {
            sum += at.weight;
        }
        return a + " " + b + " " + c + " " + d + " " + e + " " + f + " " + g + " " + h + " " + i + " " + j + " " + k + " " + l
            + " " + m + " " + n + " " + x + " " + y + " " + z + " " + w + " " + sum + " " + first.weight + second.weight;
    }

    static int depth(Object lock, int depth) {
        synchronized (lock) {
            return depth == 0 ? 0 : 1 + depth(lock, depth - 1);
        }
    }

    static double locking(Object lock, int rounds) {
        double a = 1, b = 0.5, c = 0.25;
        for (int round = 0; round < rounds; round++) {
            synchronized (lock) {
                a += b;
                synchronized (lock) {
                    b = c + round % 3;
                }
                c = a * 1e-3;
            }
        }
        return a + b + c;
    }

    static int counter;

    static void count(Object lock, int rounds) {
        for (int round = 0; round < rounds; round++) {
            synchronized (lock) {
                synchronized (lock) {
                    counter++;
                }
            }
        }
    }

    static int thrown(Object lock, int rounds) {
        int caught = 0;
        for (int round = 0; round < rounds; round++) {
            try {
                synchronized (lock) {
                    synchronized (lock) {
                        caught += 7 / (round % 3);
                    }
                }
            } catch (ArithmeticException e) {
                caught += 100;
                if (Thread.holdsLock(lock)) {
                    return -1;
                }
            }
        }
        return caught;
    }

    public static void main(String[] args) throws Exception {
        Thread collector = new Thread(() -> {
            while (!stop) {
                System.gc();
                try {
                    Thread.sleep(5);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
        collector.setDaemon(true);
        collector.start();
        System.out.println(allocating(300_000));
        stop = true;
        collector.join();

        Object lock = new Object();
        for (int depth : new int[] {1, 2, 254, 255, 256, 257, 600, 3}) {
            System.out.print(depth(lock, depth) + " ");
        }
        System.out.println(Thread.holdsLock(lock));
        System.out.println(locking(lock, 100_000));
        Object hashed = new Object();
        hashed.hashCode();
        System.out.println(locking(hashed, 20_000));
        System.out.println(thrown(new Object(), 3000));

        Object shared = new Object();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Thread thread = new Thread(() -> count(shared, 20_000));
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        System.out.println(counter);
    }
}
