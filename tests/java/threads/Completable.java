import java.util.*;
import java.util.concurrent.*;
import java.util.stream.*;

/** CompletableFuture: composition, exceptions, timeouts, allOf/anyOf. */
public class Completable {
    public static void main(String[] args) throws Exception {
        System.out.println(CompletableFuture.supplyAsync(() -> 20)
                .thenApply(x -> x + 1)
                .thenCombine(CompletableFuture.supplyAsync(() -> 2), (a, b) -> a * b)
                .thenCompose(x -> CompletableFuture.supplyAsync(() -> "v" + x))
                .get());
        CompletableFuture<Integer> bad = CompletableFuture.supplyAsync(() -> {
            if (true) throw new IllegalArgumentException("bad");
            return 1;
        });
        System.out.println(bad.exceptionally(e -> {
                                  System.out.println(e);
                                  return -1;
                              })
                               .join()
            + " " + bad.handle((v, e) -> v + "/" + e.getCause().getMessage()).join());
        try {
            bad.join();
        } catch (CompletionException e) { System.out.println(e.getCause()); }
        try {
            bad.get();
        } catch (ExecutionException e) { System.out.println(e.getCause()); }
        System.out.println(bad.isCompletedExceptionally() + " " + bad.thenApply(x -> x + 1).isCompletedExceptionally());
        List<CompletableFuture<Integer>> all = IntStream.range(0, 20)
                                                   .mapToObj(i -> CompletableFuture.supplyAsync(() -> i * i))
                                                   .collect(Collectors.toList());
        System.out.println(CompletableFuture.allOf(all.toArray(new CompletableFuture[0]))
                .thenApply(v -> all.stream().mapToInt(CompletableFuture::join).sum())
                .get());
        CompletableFuture<String> manual = new CompletableFuture<>();
        System.out.println(CompletableFuture.anyOf(manual, CompletableFuture.completedFuture("first")).get());
        StringBuffer log = new StringBuffer();
        manual.thenAccept(v -> log.append(v)).thenRun(() -> log.append("!"));
        System.out.println(
            manual.complete("done") + " " + manual.complete("again") + " " + log + " " + manual.getNow("x"));
        CompletableFuture<String> never = new CompletableFuture<>();
        try {
            never.orTimeout(5, TimeUnit.MILLISECONDS).join();
        } catch (CompletionException e) { System.out.println(e.getCause().getClass().getSimpleName()); }
        System.out.println(
            new CompletableFuture<String>().completeOnTimeout("fallback", 5, TimeUnit.MILLISECONDS).get());
        CompletableFuture<Integer> c = new CompletableFuture<>();
        System.out.println(c.cancel(true) + " " + c.isCancelled());
        try {
            c.join();
        } catch (CancellationException e) { System.out.println("CE"); }
        System.out.println(
            CompletableFuture.failedFuture(new RuntimeException("f")).exceptionally(Throwable::getMessage).get());
        CompletableFuture<Integer> w = new CompletableFuture<>();
        CompletableFuture<Integer> after = w.whenComplete((v, e) -> log.append(v).append(e));
        w.completeExceptionally(new IllegalStateException("ise"));
        System.out.println(log + " " + after.isCompletedExceptionally());
        System.out.println(CompletableFuture.completedFuture(1)
                .thenAcceptBoth(CompletableFuture.completedFuture(2), (a, b) -> log.append(a + b))
                .thenApply(v -> log.toString())
                .get());
        Executor direct = Runnable::run;
        System.out.println(CompletableFuture.supplyAsync(() -> Thread.currentThread().getName(), direct)
                .thenApplyAsync(n -> n + "!", direct)
                .get());
        CompletableFuture<Integer> chain = CompletableFuture.completedFuture(0);
        for (int i = 0; i < 500; i++) {
            int k = i;
            chain = chain.thenApplyAsync(x -> x + k);
        }
        System.out.println(chain.get());
        CompletableFuture<Integer> deep = new CompletableFuture<>();
        CompletableFuture<Integer> tail = deep;
        for (int i = 0; i < 2000; i++) tail = tail.thenApply(x -> x + 1);
        deep.complete(0);
        System.out.println(tail.get());
        System.out.println(
            CompletableFuture.supplyAsync(() -> 1).applyToEither(new CompletableFuture<Integer>(), x -> x + 1).get()
            + " " + CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS).getClass().getSimpleName() + " "
            + CompletableFuture.completedFuture(5).toCompletableFuture().copy().join()
            + CompletableFuture.completedStage(6).thenApply(x -> x).toCompletableFuture().join());
    }
}
