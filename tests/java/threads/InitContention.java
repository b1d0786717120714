import java.util.concurrent.*;

/** Class initialization from many threads: one initializer, the others wait; recursive and crossed initialization. */
public class InitContention {
    static StringBuffer log = new StringBuffer();
    static class Slow {
        static int v;
        static {
            log.append("start ");
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {}
            v = 5;
            log.append("end ");
        }
    }
    static class Fail {
        static int v;
        static {
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {}
            if (v == 0) throw new IllegalStateException("init");
        }
    }
    static class Holder {
        static final Holder H = new Holder();
        final long made = System.nanoTime();
    }
    static class SpawnsThread {
        static int v = 1;
        static {
            Thread t = new Thread(InitContention::inner);
            t.start();
            try {
                t.join();
            } catch (InterruptedException e) {}
        }
    }
    static void inner() { log.append("inner "); }
    public static void main(String[] args) throws Exception {
        ExecutorService ex = Executors.newFixedThreadPool(6);
        CountDownLatch go = new CountDownLatch(1);
        java.util.List<Future<Integer>> fs = new java.util.ArrayList<>();
        for (int i = 0; i < 6; i++)
            fs.add(ex.submit(() -> {
                go.await();
                return Slow.v;
            }));
        go.countDown();
        int s = 0;
        for (Future<Integer> f : fs) s += f.get();
        System.out.println(s + " " + log);
        int eiie = 0, ncdfe = 0;
        fs.clear();
        CountDownLatch go2 = new CountDownLatch(1);
        for (int i = 0; i < 6; i++)
            fs.add(ex.submit(() -> {
                go2.await();
                return Fail.v;
            }));
        go2.countDown();
        for (Future<Integer> f : fs) try {
                f.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof ExceptionInInitializerError)
                    eiie++;
                else if (e.getCause() instanceof NoClassDefFoundError)
                    ncdfe++;
                else
                    System.out.println(e);
            }
        System.out.println(eiie + " " + ncdfe);
        java.util.Set<Object> set = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 6; i++) ex.submit(() -> set.add(Holder.H));
        System.out.println(SpawnsThread.v + " " + log);
        ex.shutdown();
        ex.awaitTermination(5, TimeUnit.SECONDS);
        System.out.println(set.size());
    }
}
