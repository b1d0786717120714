import java.util.ArrayList;
import java.util.List;

/** Loops that get hot while the method holds locks: its own, of blocks around, several, of one object twice. */
public class LoopsWithLocks {
    static final Object FIRST = new Object();
    static final Object SECOND = new Object();
    int field;

    synchronized long ownLock(int n) {
        long sum = 0;
        for (int i = 0; i < n; i++) {
            sum += i ^ field;
            field = (int) sum & 15;
        }
        return sum;
    }

    static synchronized long classLock(int n) {
        long sum = 0;
        for (int i = 0; i < n; i++) {
            sum += Integer.bitCount(i);
        }
        check(Thread.holdsLock(LoopsWithLocks.class));
        return sum;
    }

    synchronized long nested(int n) {
        long sum = 0;
        synchronized (FIRST) {
            synchronized (SECOND) {
                for (int i = 0; i < n; i++) {
                    synchronized (this) {
                        sum += i % 7;
                    }
                }
                check(Thread.holdsLock(SECOND));
            }
            check(Thread.holdsLock(FIRST) && !Thread.holdsLock(SECOND));
            for (int i = 0; i < n; i++) {
                sum ^= i;
            }
        }
        check(Thread.holdsLock(this) && !Thread.holdsLock(FIRST));
        return sum;
    }

    /** Leaves the loop by an exception at an index out of bounds. */
    synchronized int thrown(int[] numbers) {
        int sum = 0;
        synchronized (FIRST) {
            try {
                for (int i = 0;; i++) {
                    sum += numbers[i];
                }
            } finally {
                check(Thread.holdsLock(FIRST));
                field = sum;
            }
        }
    }

    /** Caught within, by a handler around the block of the lock. */
    static int caught(int n) {
        int caught = 0;
        Object lock = new Object();
        for (int round = 0; round < 3; round++) {
            try {
                synchronized (lock) {
                    for (int i = n;; i--) {
                        caught += 1000 / i & 1;
                    }
                }
            } catch (ArithmeticException e) {
                check(!Thread.holdsLock(lock));
                caught += 10;
            }
        }
        return caught;
    }

    /** Waits within the hot loop: the monitor gets inflated while compiled code holds it. */
    static int handedOver(int n) throws InterruptedException {
        List<Integer> queue = new ArrayList<>();
        Thread producer = new Thread(() -> {
            synchronized (queue) {
                for (int i = 0; i < n; i++) {
                    while (queue.size() >= 50) {
                        try {
                            queue.wait();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                    queue.add(i);
                    if (queue.size() == 50) {
                        queue.notifyAll();
                    }
                }
                queue.add(-1);
                queue.notifyAll();
            }
        });
        int sum = 0;
        producer.start();
        synchronized (queue) {
            boolean done = false;
            while (!done) {
                while (queue.size() < 50 && (queue.isEmpty() || queue.get(queue.size() - 1) != -1)) {
                    queue.wait();
                }
                for (int number : queue) {
                    done |= number == -1;
                    sum = sum * 31 + number;
                }
                queue.clear();
                queue.notifyAll();
            }
        }
        producer.join();
        return sum;
    }

    /** A class that comes while the loop runs ends what the code took for granted. */
    static class Shape {
        int area(int side) {
            return side;
        }
    }

    static class Square extends Shape {
        @Override
        int area(int side) {
            return side * side;
        }
    }

    static long invalidated(int n) throws Exception {
        Shape shape = new Shape();
        long sum = 0;
        synchronized (FIRST) {
            synchronized (shape) {
                for (int i = 0; i < n; i++) {
                    if (i == n / 2) {
                        shape = (Shape) Class.forName("LoopsWithLocks$Square").getDeclaredConstructor().newInstance();
                    }
                    sum += shape.area(i & 3);
                }
            }
            check(Thread.holdsLock(FIRST) && !Thread.holdsLock(shape));
        }
        return sum;
    }

    static void check(boolean condition) {
        if (!condition) {
            throw new IllegalStateException("a lock is not as it should be");
        }
    }

    public static void main(String[] args) throws Exception {
        LoopsWithLocks object = new LoopsWithLocks();
        System.out.println(object.ownLock(300_000));
        System.out.println(classLock(300_000));
        System.out.println(object.nested(300_000));
        try {
            object.thrown(new int[200_000]);
        } catch (ArrayIndexOutOfBoundsException e) {
            System.out.println(e.getMessage());
        }
        System.out.println(caught(200_000));
        System.out.println(handedOver(200_000));
        System.out.println(invalidated(300_000));
        check(!Thread.holdsLock(object) && !Thread.holdsLock(FIRST) && !Thread.holdsLock(SECOND));
        Thread other = new Thread(() -> {
            synchronized (object) {
                synchronized (FIRST) {
                    synchronized (SECOND) {
                        System.out.println(classLock(10));
                    }
                }
            }
        });
        other.start();
        other.join();
    }
}
