import java.io.*;

/** Loader constraints, illegal access across loaders' packages, and missing or changed members found late. */
public class Constraints {
    public static class Arg {
        public String s = "arg";
    }
    public static class Callee {
        public static String take(Arg a) { return a.s; }
        public static Arg give() { return new Arg(); }
        static String pkg() { return "package private"; }
    }
    public static class Caller {
        public static String call() { return Callee.take(new Arg()); }
        public static String get() { return Callee.give().s; }
        public static String pkgCall() { return Callee.pkg(); }
        public static String missing() { return new Gone().x; }
    }
    public static class Gone {
        String x = "x";
    }
    public static class Over extends Base {
        @Override
        public Arg m() {
            return null;
        }
    }
    public static class Base {
        public Arg m() { return new Arg(); }
    }
    public interface Default {
        default Arg d() { return new Arg(); }
    }
    public static class HasDefault implements Default { }
    public static class OverDefault extends HasDefault {
        @Override
        public Arg d() { return null; }
    }
    public interface Root {
        Arg d();
    }
    public interface Mid extends Root {
        @Override
        default Arg d() { return new Arg(); }
    }
    public static class ByDefault implements Root, Mid { }
    static byte[] bytes(String name) throws IOException {
        try (InputStream in = Constraints.class.getResourceAsStream(name + ".class")) {
            return in.readAllBytes();
        }
    }
    static class Pick extends ClassLoader {
        final java.util.Set<String> own;
        Pick(String... own) {
            super(Constraints.class.getClassLoader());
            this.own = java.util.Set.of(own);
        }
        @Override
        protected Class<?> loadClass(String n, boolean r) throws ClassNotFoundException {
            if (n.equals("Constraints$Gone")) throw new ClassNotFoundException("gone on purpose");
            if (!own.contains(n)) return super.loadClass(n, r);
            Class<?> c = findLoadedClass(n);
            if (c != null) return c;
            try {
                byte[] b = bytes(n);
                return defineClass(n, b, 0, b.length);
            } catch (IOException e) { throw new ClassNotFoundException(n); }
        }
    }
    static void t(Class<?> c, String m) throws Exception {
        try {
            System.out.println(c.getMethod(m).invoke(null));
        } catch (java.lang.reflect.InvocationTargetException e) {
            System.out.println(e.getCause().toString().replaceAll("@[0-9a-f]{5,}", "@") + " / "
                + (e.getCause().getCause() == null ? null : e.getCause().getCause().getMessage()));
        }
    }
    public static void main(String[] args) throws Exception {
        t(Caller.class, "call");
        Pick both = new Pick("Constraints$Caller", "Constraints$Arg", "Constraints$Callee");
        t(both.loadClass("Constraints$Caller"), "call");
        Pick split = new Pick("Constraints$Caller", "Constraints$Arg");
        split.loadClass("Constraints$Arg");
        t(split.loadClass("Constraints$Caller"), "call");
        t(split.loadClass("Constraints$Caller"), "get");
        Pick alone = new Pick("Constraints$Caller");
        t(alone.loadClass("Constraints$Caller"), "call");
        t(alone.loadClass("Constraints$Caller"), "pkgCall");
        t(alone.loadClass("Constraints$Caller"), "missing");
        t(alone.loadClass("Constraints$Caller"), "missing");
        make("Constraints$Over", "Constraints$Arg");
        make("Constraints$OverDefault", "Constraints$Arg");
        make("Constraints$ByDefault", "Constraints$Arg", "Constraints$Root");
    }
    /** An instance of the first class, whose loader defines the others as well. */
    static void make(String... own) throws Exception {
        Pick pick = new Pick(own);
        Arg here = new Arg();
        pick.loadClass("Constraints$Arg");
        try {
            pick.loadClass(own[0]).getDeclaredConstructor().newInstance();
            System.out.println("no error");
        } catch (LinkageError e) { System.out.println(e.toString().replaceAll("@[0-9a-f]{5,}", "@")); }
    }
}
