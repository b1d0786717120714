import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;

/** Executors, futures, scheduled tasks, invokeAll/Any, rejection, cancellation, completion service. */
public class ExecutorServices {
    public static void main(String[] args) throws Exception {
        ExecutorService ex = Executors.newFixedThreadPool(3);
        List<Future<Integer>> fs = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int k = i;
            fs.add(ex.submit(() -> k * k));
        }
        int s = 0;
        for (Future<Integer> f : fs) s += f.get();
        System.out.println(s);
        Future<?> bad = ex.submit(() -> { throw new IllegalStateException("task"); });
        try {
            bad.get();
        } catch (ExecutionException e) { System.out.println(e.getMessage() + " | " + e.getCause()); }
        System.out.println(ex.invokeAll(List.of(() -> "a", () -> "b"))
                               .stream()
                               .map(f -> {
                                   try {
                                       return f.get();
                                   } catch (Exception e) { return "?"; }
                               })
                               .toList()
            + " " + ex.invokeAny(List.of(() -> 5, () -> 5)));
        CountDownLatch started = new CountDownLatch(1), ended = new CountDownLatch(1);
        Future<?> sleeper = ex.submit(() -> {
            started.countDown();
            try {
                Thread.sleep(100000);
            } catch (InterruptedException e) { System.out.println("cancelled"); }
            ended.countDown();
        });
        started.await();
        try {
            sleeper.get(5, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) { System.out.println("timeout " + e.getMessage()); }
        boolean cancelled = sleeper.cancel(true);
        ended.await();
        System.out.println(cancelled + " " + sleeper.isCancelled() + " " + sleeper.isDone());
        try {
            sleeper.get();
        } catch (CancellationException e) { System.out.println("CE"); }
        ex.shutdown();
        System.out.println(ex.awaitTermination(5, TimeUnit.SECONDS) + " " + ex.isTerminated());
        try {
            ex.submit(() -> 1);
        } catch (RejectedExecutionException e) { System.out.println("rejected"); }
        ThreadPoolExecutor tp = new ThreadPoolExecutor(1, 2, 1, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1),
            r -> new Thread(r, "mine"), new ThreadPoolExecutor.CallerRunsPolicy());
        CountDownLatch gate = new CountDownLatch(1);
        List<String> names = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 3; i++)
            tp.execute(() -> {
                try {
                    gate.await();
                } catch (InterruptedException e) {}
                names.add(Thread.currentThread().getName());
            });
        tp.execute(() -> names.add("caller " + Thread.currentThread().getName()));
        gate.countDown();
        tp.shutdown();
        tp.awaitTermination(5, TimeUnit.SECONDS);
        System.out.println(names + " " + tp.getCompletedTaskCount() + " " + tp.getLargestPoolSize());
        ScheduledExecutorService sch = Executors.newScheduledThreadPool(2);
        AtomicInteger ticks = new AtomicInteger();
        CountDownLatch five = new CountDownLatch(5);
        ScheduledFuture<?> rate = sch.scheduleAtFixedRate(() -> {
            ticks.incrementAndGet();
            five.countDown();
        }, 1, 2, TimeUnit.MILLISECONDS);
        Future<String> once = sch.schedule(() -> "delayed", 10, TimeUnit.MILLISECONDS);
        five.await();
        rate.cancel(false);
        System.out.println(once.get() + " " + (ticks.get() >= 5) + " " + rate.isCancelled());
        try {
            sch.scheduleWithFixedDelay(() -> { throw new RuntimeException("stops"); }, 0, 1, TimeUnit.MILLISECONDS).get();
        } catch (ExecutionException e) { System.out.println(e.getMessage()); }
        // A cancelled task may still lie in the queue.
        System.out.println(sch.shutdownNow().size() <= 1);
        ExecutorService single = Executors.newSingleThreadExecutor();
        StringBuffer order = new StringBuffer();
        for (int i = 0; i < 10; i++) {
            int k = i;
            single.execute(() -> order.append(k));
        }
        single.submit(() -> {}).get();
        System.out.println(order);
        System.out.println(single.shutdownNow());
        ExecutorCompletionService<Integer> cs = new ExecutorCompletionService<>(Executors.newCachedThreadPool(r -> {
            Thread t = new Thread(r);
            t.setDaemon(true);
            return t;
        }));
        for (int i = 0; i < 5; i++) {
            int k = i;
            cs.submit(() -> {
                Thread.sleep(k * 3);
                return k;
            });
        }
        int sum = 0;
        for (int i = 0; i < 5; i++) sum += cs.take().get();
        System.out.println(sum + " " + cs.poll());
        FutureTask<Integer> ft = new FutureTask<>(() -> 9);
        new Thread(ft).start();
        System.out.println(ft.get() + " " + ft.isDone());
        ExecutorService ws = Executors.newWorkStealingPool(2);
        System.out.println(ws.submit(() -> Thread.currentThread().isDaemon()).get());
        System.out.println(Executors.callable(() -> {}, "res").call() + " " + TimeUnit.MILLISECONDS.toNanos(3) + " "
            + TimeUnit.DAYS.toSeconds(1) + " " + TimeUnit.SECONDS.convert(5, TimeUnit.MINUTES));
        ws.shutdown();
    }
}
