package support;

import java.io.BufferedReader;
import java.io.File;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * HotSpot's part: compiles and runs batch after batch in one process. Each line of its input is a directory with
 * {@code src}; it fills {@code classes}, writes {@code hotspot.txt}, and answers with the names of the programs that did
 * not compile.
 */
public final class Oracle {
    private Oracle() {
    }

    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(serve(new File(line)));
            System.out.flush();
        }
    }

    private static String serve(File directory) throws Exception {
        File[] sources = new File(directory, "src").listFiles();
        Arrays.sort(sources);
        Set<String> rejected = compile(directory, sources, new TreeSet<>());
        if (!rejected.isEmpty()) {
            compile(directory, sources, rejected);
        }
        List<String> names = new ArrayList<>();
        for (File source : sources) {
            String name = source.getName().replace(".java", "");
            if (!rejected.contains(name)) {
                names.add(name);
            }
        }
        URL[] urls = {new File(directory, "classes").toURI().toURL()};
        try (URLClassLoader loader = new URLClassLoader(urls, Oracle.class.getClassLoader());
            OutputStream out = new FileOutputStream(new File(directory, "hotspot.txt"))) {
            Runner.run(names.toArray(new String[0]), loader, out);
        }
        return String.join(" ", rejected);
    }

    private static Set<String> compile(File directory, File[] sources, Set<String> without) throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> told = new DiagnosticCollector<>();
        Set<String> bad = new TreeSet<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(told, null, null)) {
            List<File> list = new ArrayList<>();
            for (File source : sources) {
                if (!without.contains(source.getName().replace(".java", ""))) {
                    list.add(source);
                }
            }
            List<String> options = List.of("-g", "-nowarn", "-proc:none", "-d", new File(directory, "classes").getPath(),
                "-cp", System.getProperty("java.class.path"), "-Xmaxerrs", "100000");
            compiler.getTask(null, files, told, options, null, files.getJavaFileObjectsFromFiles(list)).call();
        }
        for (Diagnostic<? extends JavaFileObject> one : told.getDiagnostics()) {
            if (one.getKind() == Diagnostic.Kind.ERROR && one.getSource() != null) {
                String name = new File(one.getSource().getName()).getName();
                bad.add(name.replace(".java", ""));
                System.err.println(name + ":" + one.getLineNumber() + ": " + one.getMessage(null));
            }
        }
        return bad;
    }
}
