import java.io.*;
import java.net.URI;
import java.util.*;
import javax.tools.*;

/** javax.tools compiles sources held in memory; the classes are loaded and run; diagnostics are reported. */
public class InMemoryCompiler {
    static class Src extends SimpleJavaFileObject {
        final String code;
        Src(String name, String code) {
            super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
            this.code = code;
        }
        @Override
        public CharSequence getCharContent(boolean i) {
            return code;
        }
    }
    static class Out extends SimpleJavaFileObject {
        final ByteArrayOutputStream b = new ByteArrayOutputStream();
        Out(String name) { super(URI.create("mem:///" + name + ".class"), Kind.CLASS); }
        @Override
        public OutputStream openOutputStream() {
            return b;
        }
    }
    static class Mem extends ForwardingJavaFileManager<JavaFileManager> {
        final Map<String, Out> out = new TreeMap<>();
        Mem(JavaFileManager m) { super(m); }
        @Override
        public JavaFileObject getJavaFileForOutput(Location l, String n, JavaFileObject.Kind k, FileObject s) {
            Out o = new Out(n);
            out.put(n, o);
            return o;
        }
    }
    static Map<String, Out> compile(String... nameAndCode) {
        JavaCompiler c = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> d = new DiagnosticCollector<>();
        Mem m = new Mem(c.getStandardFileManager(d, Locale.ROOT, null));
        List<Src> ss = new ArrayList<>();
        for (int i = 0; i < nameAndCode.length; i += 2) ss.add(new Src(nameAndCode[i], nameAndCode[i + 1]));
        boolean ok = c.getTask(null, m, d, List.of("-proc:none", "-Xlint:none"), null, ss).call();
        System.out.println(ok + " " + m.out.keySet());
        for (Diagnostic<?> x : d.getDiagnostics())
            System.out.println(x.getKind() + " " + x.getLineNumber() + " " + x.getCode() + " "
                + x.getMessage(Locale.ROOT).replace("\n", "/"));
        return m.out;
    }
    public static void main(String[] args) throws Exception {
        Map<String, Out> o = compile("A",
            "public class A implements java.util.function.IntUnaryOperator { public int applyAsInt(int x) { return "
            + "B.twice(x) + switch (x % 3) { case 0 -> 1; case 1 -> 2; default -> 3; }; } record R(int a, String b) { "
            + "} }",
            "B",
            "class B { static int twice(int x) { java.util.function.IntUnaryOperator f = y -> y * 2; return "
            + "f.applyAsInt(x); } }");
        ClassLoader l = new ClassLoader(InMemoryCompiler.class.getClassLoader()) {
            @Override
            protected Class<?> findClass(String n) throws ClassNotFoundException {
                Out x = o.get(n);
                if (x == null) throw new ClassNotFoundException(n);
                byte[] b = x.b.toByteArray();
                return defineClass(n, b, 0, b.length);
            }
        };
        System.out.println(
            ((java.util.function.IntUnaryOperator) l.loadClass("A").getDeclaredConstructor().newInstance())
                .applyAsInt(20));
        compile("Bad", "class Bad {\n int f() { return \"s\"; }\n void g() { undefined(); int x = 1 +; }\n}");
        compile("Bad2",
            "class Bad2 {\n void g() { int y; System.out.println(y); String s = 5; new Missing(); }\n int h() { }\n}");
    }
}
