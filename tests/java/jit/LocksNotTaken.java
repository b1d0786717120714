// jvm: -XX:CompileThreshold=500
import java.lang.ref.WeakReference;

/** Locks that compiled code does without, and what is seen of them when the code is left meanwhile. */
public class LocksNotTaken {
    static class Account {
        int value;

        synchronized int add(int by) {
            return value += by;
        }

        synchronized int twice(int by) {
            return add(by) + add(by);
        }

        synchronized int divided(int by) {
            return twice(1) + value / by;
        }

        synchronized int thrown(int by) {
            if (by < 0) {
                throw new IllegalArgumentException("negative");
            }
            return add(by);
        }

        synchronized void both(Account other, int[] numbers, int at) {
            synchronized (other) {
                other.value += numbers[at];
                value += other.twice(at);
            }
        }
    }

    static class Finalized extends Account {
        @Override
        @SuppressWarnings({"deprecation", "removal"})
        protected void finalize() {
            value = -1;
        }
    }

    static class Worker extends Thread {
        int value = 3;
    }

    static Account shared = new Account();
    static Object published;
    static final int[] NUMBERS = {1, 2, 3};

    /** The lock is held where the array is left by its index. */
    static int published(int at) {
        Account account = new Account();
        synchronized (account) {
            synchronized (account) {
                account.add(NUMBERS[at & 7]);
            }
            return account.value;
        }
    }

    static int left(int at) throws Exception {
        Account account = new Account();
        synchronized (account) {
            account.add(1);
            synchronized (account) {
                if (at == 100_000) {
                    published = account;
                    contended(account);
                    account.notify();
                    while (account.value < 1000) {
                        account.wait(1);
                    }
                    contended(account);
                }
                account.twice(at & 3);
            }
            return account.value + (at == 100_000 && Thread.holdsLock(account) ? 1000 : 0);
        }
    }

    /** Another thread waits for the lock until it is released. */
    static Thread waiting;

    static void contended(Account account) throws Exception {
        if (waiting != null) {
            return;
        }
        waiting = new Thread(() -> account.add(1000));
        waiting.setDaemon(true);
        waiting.start();
        while (waiting.getState() != Thread.State.BLOCKED) {
            Thread.sleep(1);
        }
        System.out.println("blocked, value " + account.value);
    }

    static int notLocked(int n) {
        Account account = new Account();
        account.twice(n);
        try {
            if (n < 0) {
                account.notify();
            }
        } catch (IllegalMonitorStateException e) {
            return -1;
        }
        return account.value;
    }

    static int special(int n) {
        WeakReference<int[]> reference = new WeakReference<>(NUMBERS);
        Finalized finalized = new Finalized();
        Worker worker = new Worker();
        return finalized.twice(n) + worker.value + reference.get()[n % 3];
    }

    static boolean free(Object object) throws InterruptedException {
        boolean[] taken = new boolean[1];
        Thread other = new Thread(() -> {
            synchronized (object) {
                taken[0] = true;
            }
        });
        other.setDaemon(true);
        other.start();
        other.join(5000);
        return taken[0] && !Thread.holdsLock(object);
    }

    public static void main(String[] args) throws Exception {
        long sum = 0;
        Account other = new Account();
        for (int n = 0; n < 6000; n++) {
            sum += shared.twice(n) + shared.divided(n % 7 + 1) + shared.thrown(n & 15);
            sum += published(n % 3) + left(n) + notLocked(n) + special(n & 31);
            shared.both(other, NUMBERS, n % 3);
            StringBuffer text = new StringBuffer();
            text.append(n).append('x');
            sum += text.length();
        }
        System.out.println(sum + " " + shared.value + " " + other.value);
        for (int round = 0; round < 20; round++) {
            try {
                shared.divided(0);
            } catch (ArithmeticException e) {
                sum += shared.value;
            }
            try {
                shared.thrown(-1);
            } catch (IllegalArgumentException e) {
                sum += shared.add(1);
            }
            try {
                shared.both(other, NUMBERS, 3);
            } catch (ArrayIndexOutOfBoundsException e) {
                sum += other.add(1);
            }
            try {
                published(5);
            } catch (ArrayIndexOutOfBoundsException e) {
                sum += 1;
            }
        }
        System.out.println(sum + " " + free(shared) + " " + free(other));
        System.out.println(left(100_000));
        waiting.join();
        System.out.println(((Account) published).value + " " + free(published));
        System.out.println(notLocked(-5));
        int before = published.hashCode();
        synchronized (published) {
            published.notifyAll();
        }
        System.out.println(before == System.identityHashCode(published));
    }
}
