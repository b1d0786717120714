import java.io.*;
import java.util.*;

/** Line numbers, causes, suppressed and their "... n more", constructors and lambdas in traces. */
public class StackTraces {
    static class Custom extends RuntimeException {
        Custom(String m, Throwable c) { super(m, c); }
    }
    int f;
    StackTraces(int depth) {
        if (depth == 0) throw new IllegalStateException("in constructor");
        f = new StackTraces(depth - 1).f;
    }
    static void a(int n) {
        if (n > 0) {
            a(n - 1);
            return;
        }
        b();
    }
    static void b() {
        try {
            c(null);
        } catch (NullPointerException e) { throw new Custom("wrapped", e); }
    }
    static int c(int[] x) {
        int y = 5;
        return y + x[0];
    }
    static class Init {
        static int v = Integer.parseInt("not a number");
    }
    static String text(Throwable t) {
        StringWriter w = new StringWriter();
        t.printStackTrace(new PrintWriter(w));
        return w.toString();
    }
    static void frames(Throwable t) {
        for (StackTraceElement e : t.getStackTrace())
            System.out.println("  " + e.getClassName() + "." + e.getMethodName() + " " + e.getFileName() + ":"
                + e.getLineNumber() + " " + e.isNativeMethod());
    }
    static Object spread(Object o) { return List.of(1, o.toString(), 2); }
    public static void main(String[] args) {
        try {
            a(3);
        } catch (Custom e) {
            System.out.println(text(e));
            frames(e);
            frames(e.getCause());
        }
        try {
            new StackTraces(2);
        } catch (IllegalStateException e) { System.out.println(text(e)); }
        try {
            System.out.println(Init.v);
        } catch (ExceptionInInitializerError e) {
            StackTraceElement[] st = e.getCause().getStackTrace();
            StackTraceElement clinit =
                Arrays.stream(st).filter(s -> s.getMethodName().equals("<clinit>")).findFirst().get();
            System.out.println(clinit + " " + e.getStackTrace()[0]);
        }
        try {
            spread(null);
        } catch (NullPointerException e) { System.out.println(text(e)); }
        Runnable r = () -> { throw new UnsupportedOperationException("lambda"); };
        try {
            r.run();
        } catch (UnsupportedOperationException e) {
            System.out.println(text(e).replaceAll("lambda\\$main\\$\\d+", "lambda"));
        }
        Throwable t = new Throwable("manual");
        t.setStackTrace(new StackTraceElement[] {new StackTraceElement("X", "y", "X.java", 12),
            new StackTraceElement("X", "nat", null, -2), new StackTraceElement("X", "unk", null, -1),
            new StackTraceElement("X", "nol", "X.java", -1)});
        t.addSuppressed(new Exception("sup", new Error("deep")));
        t.getSuppressed()[0].setStackTrace(new StackTraceElement[0]);
        System.out.println(text(t).replaceAll("StackTraces.java:\\d+", "L"));
        Exception x = new Exception("a");
        Exception y = new Exception("b", x);
        x.initCause(y);
        System.out.println(text(x).contains("CIRCULAR REFERENCE"));
        Exception frozen = new Exception("no trace", null, false, false) {};
        System.out.println(frozen.getStackTrace().length + " " + text(frozen).trim());
        Throwable refill = make();
        System.out.println(refill.getStackTrace()[0].getMethodName());
        refill.fillInStackTrace();
        System.out.println(refill.getStackTrace()[0].getMethodName());
        StackTraceElement[] now = Thread.currentThread().getStackTrace();
        System.out.println(now[0].getMethodName() + " " + now[1].getMethodName() + " " + now.length);
        StackWalker.getInstance().forEach(f -> System.out.println(f.getMethodName() + ":" + f.getLineNumber()));
    }
    static Throwable make() { return new Throwable(); }
}
