import java.io.*;
import java.util.*;

/**
 * Long cause chains, suppressed inside causes, custom printStackTrace targets, serialized exceptions, fillInStackTrace
 * overrides.
 */
public class Chains {
    static class NoFill extends RuntimeException {
        NoFill(String m) { super(m); }
        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
    static class Localized extends Exception {
        @Override
        public String getLocalizedMessage() {
            return "localized";
        }
        @Override
        public String getMessage() {
            return "plain";
        }
    }
    static Throwable chain(int n) {
        return n == 0 ? new IOException("root") : new RuntimeException("level " + n, chain(n - 1));
    }
    static String print(Throwable t) {
        StringWriter w = new StringWriter();
        t.printStackTrace(new PrintWriter(w));
        return w.toString().replaceAll("\\(Chains.java:\\d+\\)", "(L)");
    }
    public static void main(String[] args) throws Exception {
        Throwable c = chain(4);
        System.out.println(print(c));
        int n = 0;
        for (Throwable t = c; t != null; t = t.getCause()) n++;
        System.out.println(n + " " + new RuntimeException(new Error("e")).getMessage() + " "
            + new RuntimeException((Throwable) null).getMessage() + " " + new Exception().getMessage());
        Exception s = new Exception("with suppressed", new IllegalStateException("cause"));
        s.addSuppressed(new RuntimeException("sup1", new Error("sup cause")));
        s.getCause().addSuppressed(new Exception("in cause"));
        System.out.println(print(s));
        System.out.println(new NoFill("nf").getStackTrace().length + " " + new Localized());
        ByteArrayOutputStream b = new ByteArrayOutputStream();
        new ObjectOutputStream(b).writeObject(c);
        Throwable back = (Throwable) new ObjectInputStream(new ByteArrayInputStream(b.toByteArray())).readObject();
        System.out.println(print(back).equals(print(c)) + " " + back.getCause().getMessage());
        Throwable[] ts = new Throwable[50];
        for (int i = 0; i < 50; i++) ts[i] = i % 2 == 0 ? new Exception("" + i) : new Error("" + i, ts[i - 1]);
        int sum = 0;
        for (Throwable t : ts)
            sum += t.getStackTrace()[0].getLineNumber() > 0 ? Integer.parseInt(t.getMessage()) : -1000;
        System.out.println(sum);
        StackTraceElement e = new StackTraceElement("loader", "mod", "1.0", "pkg.Cls", "meth", "Cls.java", 7);
        System.out.println(e + " " + e.getModuleName() + " " + e.getClassLoaderName() + " "
            + e.equals(new StackTraceElement("loader", "mod", "1.0", "pkg.Cls", "meth", "Cls.java", 7)));
        try {
            Object x = List.of(1).get(Integer.parseInt("7"));
        } catch (IndexOutOfBoundsException x) {
            StackTraceElement t = x.getStackTrace()[0];
            System.out.println(t.getModuleName() + " " + (t.getLineNumber() > 0) + " "
                + t.toString().startsWith("java.base/java.util."));
        }
    }
}
