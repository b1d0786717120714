import java.util.*;
import java.util.concurrent.*;

/** ForkJoinPool: recursive tasks and actions, exceptions, managed blockers, CountedCompleter. */
public class ForkJoin {
    static class Fib extends RecursiveTask<Integer> {
        final int n;
        Fib(int n) { this.n = n; }
        protected Integer compute() {
            if (n < 8) return seq(n);
            Fib a = new Fib(n - 1);
            a.fork();
            return new Fib(n - 2).compute() + a.join();
        }
        static int seq(int n) { return n < 2 ? n : seq(n - 1) + seq(n - 2); }
    }
    static class Sort extends RecursiveAction {
        final int[] a;
        final int lo, hi;
        Sort(int[] a, int lo, int hi) {
            this.a = a;
            this.lo = lo;
            this.hi = hi;
        }
        protected void compute() {
            if (hi - lo < 100) {
                Arrays.sort(a, lo, hi);
                return;
            }
            int mid = (lo + hi) >>> 1;
            invokeAll(new Sort(a, lo, mid), new Sort(a, mid, hi));
            int[] m = new int[hi - lo];
            int i = lo, j = mid, k = 0;
            while (i < mid || j < hi) m[k++] = j >= hi || i < mid && a[i] <= a[j] ? a[i++] : a[j++];
            System.arraycopy(m, 0, a, lo, m.length);
        }
    }
    static class Bad extends RecursiveTask<Integer> {
        final int d;
        Bad(int d) { this.d = d; }
        protected Integer compute() {
            if (d == 0) throw new IllegalStateException("leaf");
            Bad b = new Bad(d - 1);
            b.fork();
            return b.join();
        }
    }
    static class Sum extends CountedCompleter<Long> {
        final long[] a;
        final int lo, hi;
        long v;
        Sum l, r;
        Sum(CountedCompleter<?> p, long[] a, int lo, int hi) {
            super(p);
            this.a = a;
            this.lo = lo;
            this.hi = hi;
        }
        public void compute() {
            if (hi - lo < 50) {
                for (int i = lo; i < hi; i++) v += a[i];
            } else {
                int m = (lo + hi) / 2;
                setPendingCount(2);
                l = new Sum(this, a, lo, m);
                r = new Sum(this, a, m, hi);
                l.fork();
                r.fork();
            }
            tryComplete();
        }
        public void onCompletion(CountedCompleter<?> c) {
            if (l != null) v = l.v + r.v;
        }
        public Long getRawResult() { return v; }
    }
    public static void main(String[] args) throws Exception {
        ForkJoinPool p = new ForkJoinPool(3);
        System.out.println(
            p.invoke(new Fib(18)) + " " + ForkJoinPool.commonPool().invoke(new Fib(15)) + " " + new Fib(12).invoke());
        int[] a = new int[5000];
        Random r = new Random(2);
        for (int i = 0; i < a.length; i++) a[i] = r.nextInt();
        int[] b = a.clone();
        Arrays.sort(b);
        p.invoke(new Sort(a, 0, a.length));
        System.out.println(Arrays.equals(a, b));
        try {
            p.invoke(new Bad(4));
        } catch (IllegalStateException e) { System.out.println(e.getMessage().endsWith("leaf")); }
        ForkJoinTask<Integer> t = p.submit(new Bad(1));
        try {
            t.get();
        } catch (ExecutionException e) {
            System.out.println(t.isCompletedAbnormally() + " " + (t.getException() != null));
        }
        long[] l = new long[3000];
        for (int i = 0; i < l.length; i++) l[i] = i;
        System.out.println(p.invoke(new Sum(null, l, 0, l.length)));
        System.out.println(p.submit(() -> 5).get() + " " + p.getParallelism() + " " + ForkJoinTask.inForkJoinPool()
            + " " + p.submit(() -> ForkJoinTask.inForkJoinPool()).get() + " " + ForkJoinTask.adapt(() -> 7).invoke());
        List<Callable<Integer>> cs = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int k = i;
            cs.add(() -> k);
        }
        int s = 0;
        for (Future<Integer> f : p.invokeAll(cs)) s += f.get();
        System.out.println(s);
        CountDownLatch latch = new CountDownLatch(1);
        ForkJoinTask<String> blocked = p.submit(() -> {
            ForkJoinPool.managedBlock(new ForkJoinPool.ManagedBlocker() {
                public boolean block() throws InterruptedException {
                    latch.await();
                    return true;
                }
                public boolean isReleasable() { return latch.getCount() == 0; }
            });
            return "released";
        });
        latch.countDown();
        System.out.println(blocked.get());
        p.shutdown();
        System.out.println(p.awaitTermination(5, TimeUnit.SECONDS) + " " + p.isShutdown());
    }
}
