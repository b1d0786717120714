import java.io.*;
import java.util.*;
import java.util.concurrent.*;

/** A parallel-capable loader used by several threads defines each class once. */
public class ParallelLoading {
    public static class A {
        public static int v = 1;
    }
    public static class B extends A {}
    public static class C extends B {}
    public static class D {
        static {
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {}
        }
        public static int v = 4;
    }
    static final ConcurrentHashMap<String, Integer> defs = new ConcurrentHashMap<>();
    static class P extends ClassLoader {
        static final boolean OK = registerAsParallelCapable();
        P() { super(ParallelLoading.class.getClassLoader()); }
        @Override
        protected Class<?> loadClass(String n, boolean r) throws ClassNotFoundException {
            if (!n.startsWith("ParallelLoading$") || n.length() != "ParallelLoading$A".length())
                return super.loadClass(n, r);
            synchronized (getClassLoadingLock(n)) {
                Class<?> c = findLoadedClass(n);
                if (c == null) try (InputStream in = ParallelLoading.class.getResourceAsStream(n + ".class")) {
                        byte[] b = in.readAllBytes();
                        Thread.yield();
                        c = defineClass(n, b, 0, b.length);
                        defs.merge(n, 1, Integer::sum);
                    } catch (IOException e) { throw new ClassNotFoundException(n); }
                return c;
            }
        }
        boolean lockIsPerName() {
            return getClassLoadingLock("x") != getClassLoadingLock("y") && getClassLoadingLock("x") != this;
        }
    }
    static class Plain extends ClassLoader {
        boolean lockIsSelf() { return getClassLoadingLock("x") == this; }
    }
    public static void main(String[] args) throws Exception {
        P p = new P();
        System.out.println(P.OK + " " + p.isRegisteredAsParallelCapable() + " " + p.lockIsPerName() + " "
            + new Plain().lockIsSelf() + " " + new Plain().isRegisteredAsParallelCapable());
        ExecutorService ex = Executors.newFixedThreadPool(6);
        CyclicBarrier bar = new CyclicBarrier(6);
        List<Future<Class<?>>> fs = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            int k = i;
            fs.add(ex.submit(() -> {
                bar.await();
                for (String n : k % 2 == 0 ? new String[] {"C", "A", "D"} : new String[] {"D", "B", "C"})
                    Class.forName("ParallelLoading$" + n, true, p);
                return p.loadClass("ParallelLoading$C");
            }));
        }
        Set<Class<?>> seen = new HashSet<>();
        for (Future<Class<?>> f : fs) seen.add(f.get());
        System.out.println(seen.size() + " " + new TreeMap<>(defs));
        ex.shutdown();
        List<Future<Integer>> gs = new ArrayList<>();
        ExecutorService e2 = Executors.newFixedThreadPool(4);
        for (int i = 0; i < 4; i++)
            gs.add(e2.submit(() -> {
                int s = 0;
                for (String n : ("java.util.BitSet java.util.Stack java.util.zip.CRC32 java.text.ChoiceFormat "
                                 + "java.util.Observable java.math.MathContext").split(" "))
                    s += Class.forName(n).getName().length();
                return s;
            }));
        for (Future<Integer> g : gs) System.out.print(g.get() + " ");
        System.out.println();
        e2.shutdown();
    }
}
