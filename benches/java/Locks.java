import java.util.Hashtable;
import java.util.concurrent.locks.ReentrantLock;

/** Locks of one thread: synchronized methods and blocks, nested ones, those of the class library, ReentrantLock. */
public class Locks {
    private final Object lock = new Object();
    private final ReentrantLock reentrant = new ReentrantLock();
    private int count;

    synchronized int next() {
        return ++count;
    }

    synchronized int twice() {
        return next() + next();
    }

    int block(int by) {
        synchronized (lock) {
            count += by;
            return count;
        }
    }

    int explicit() {
        reentrant.lock();
        try {
            return count++;
        } finally {
            reentrant.unlock();
        }
    }

    public static void main(String[] args) {
        int n = Integer.parseInt(args[0]);
        long sum = 0;
        Locks locks = new Locks();
        StringBuffer text = new StringBuffer();
        Hashtable<Integer, Integer> table = new Hashtable<>();
        for (int i = 0; i < n; i++) {
            sum += locks.next() + locks.twice() + locks.block(i & 3) + locks.explicit();
            text.append((char) ('a' + i % 26));
            if (text.length() > 1000) {
                sum += text.indexOf("xyz");
                text.setLength(0);
            }
            table.put(i & 127, i);
            sum += table.getOrDefault(i & 255, 1);
        }
        System.out.println(sum);
    }
}
