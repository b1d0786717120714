import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.ref.Cleaner;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.nio.ByteBuffer;
import java.util.*;
import java.util.concurrent.CountDownLatch;

/** Threads of the class library are there for whoever looks, rest where they wait, and do their work once there is some. */
public class SystemThreads {
    static final List<String> NAMES = List.of("Reference Handler", "Finalizer", "Common-Cleaner", "Signal Dispatcher");
    static CountDownLatch finalized = new CountDownLatch(1), cleaned = new CountDownLatch(1);

    static class Finalizable {
        @Override
        protected void finalize() {
            System.out.println("finalized by " + Thread.currentThread().getName());
            finalized.countDown();
        }
    }

    static List<Thread> all() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) group = group.getParent();
        Thread[] threads = new Thread[100];
        List<Thread> found = new ArrayList<>();
        int count = group.enumerate(threads);
        for (int i = 0; i < count; i++)
            if (NAMES.contains(threads[i].getName())) found.add(threads[i]);
        found.sort(Comparator.comparing(Thread::getName));
        return found;
    }

    static void drop() {
        new Finalizable();
        Cleaner.create().register(new Object(), cleaned::countDown);
    }

    static void await(CountDownLatch latch) throws Exception {
        while (!latch.await(5, java.util.concurrent.TimeUnit.MILLISECONDS)) System.gc();
    }

    public static void main(String[] args) throws Exception {
        // The common cleaner's thread is there from the first use on.
        ByteBuffer.allocateDirect(8);
        for (Thread thread : all())
            System.out.println(thread.getName() + " " + thread.getState() + " " + thread.isAlive() + " " + thread.isDaemon()
                + " " + thread.isInterrupted());
        for (Thread thread : all())
            if (thread.getName().equals("Finalizer")) thread.interrupt();
        Map<String, Integer> depths = new TreeMap<>();
        Thread.getAllStackTraces().forEach((thread, frames) -> {
            if (NAMES.contains(thread.getName())) depths.put(thread.getName(), Math.min(1, frames.length));
        });
        System.out.println(depths);
        for (ThreadInfo info : ManagementFactory.getThreadMXBean().dumpAllThreads(false, false))
            if (info.getThreadName().equals("Common-Cleaner")) System.out.println(info.getThreadState());
        drop();
        await(finalized);
        await(cleaned);
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        PhantomReference<Object> phantom = new PhantomReference<>(new Object(), queue);
        Object enqueued = null;
        while (enqueued == null) {
            System.gc();
            enqueued = queue.remove(5);
        }
        System.out.println(enqueued == phantom);
    }
}
