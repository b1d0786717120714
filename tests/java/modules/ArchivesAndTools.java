// slow
// grants: file
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;

/** jdk.zipfs, jdk.jartool, jdk.compiler: an archive as a file system, the jar tool, javac with diagnostics. */
public class ArchivesAndTools {
    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory("tools");
        Path zip = directory.resolve("a.zip");
        try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("create", "true", "enablePosixFileAttributes", "true"))) {
            Path sub = Files.createDirectories(files.getPath("/sub/dir"));
            Files.writeString(sub.resolve("one.txt"), "one\n".repeat(1000));
            Files.writeString(files.getPath("/two.txt"), "two");
            Files.setLastModifiedTime(files.getPath("/two.txt"), FileTime.fromMillis(1_700_000_000_000L));
            Files.setPosixFilePermissions(files.getPath("/two.txt"), PosixFilePermissions.fromString("rwxr-x---"));
            Files.copy(files.getPath("/two.txt"), files.getPath("/sub/copy.txt"), StandardCopyOption.COPY_ATTRIBUTES);
            Files.move(files.getPath("/sub/copy.txt"), files.getPath("/sub/moved.txt"));
        }
        try (FileSystem files = FileSystems.newFileSystem(URI.create("jar:" + zip.toUri()),
                Map.of("enablePosixFileAttributes", "true"))) {
            try (Stream<Path> walk = Files.walk(files.getPath("/"))) {
                walk.sorted().forEach(System.out::println);
            }
            System.out.println(Files.size(files.getPath("/sub/dir/one.txt")) + " "
                    + Files.getLastModifiedTime(files.getPath("/two.txt")).toMillis() + " "
                    + PosixFilePermissions.toString(Files.getPosixFilePermissions(files.getPath("two.txt"))));
            Files.delete(files.getPath("/sub/moved.txt"));
        }
        System.out.println(new JarFile(zip.toFile()).stream().count());

        Path source = directory.resolve("Hello.java");
        Files.writeString(source, "class Hello {\n  @Deprecated int n = \"x\";\n  void f() { java.util.List l = null; l.add(1); }\n}\n");
        JavaCompiler compiler = javax.tools.ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(found, Locale.ROOT, StandardCharsets.UTF_8)) {
            boolean done = compiler.getTask(null, manager, found, List.of("-Xlint:unchecked", "-d", directory.toString()),
                    null, manager.getJavaFileObjects(source)).call();
            System.out.println(done);
        }
        for (Diagnostic<? extends JavaFileObject> one : found.getDiagnostics()) {
            System.out.println(one.getKind() + " " + one.getLineNumber() + ":" + one.getColumnNumber() + " " + one.getCode());
        }
        Files.writeString(source, "class Hello { public static void main(String[] a) { System.out.println(\"hi\"); } }\n");
        List<String> out = new ArrayList<>();
        run("javac", out, "-d", directory.resolve("classes").toString(), source.toString());
        run("jar", out, "--create", "--file", directory.resolve("h.jar").toString(), "--main-class", "Hello",
                "--date=2020-01-01T00:00:00Z", "-C", directory.resolve("classes").toString(), ".");
        run("jar", out, "--list", "--file", directory.resolve("h.jar").toString());
        run("jar", out, "--describe-module", "--file", directory.resolve("h.jar").toString());
        System.out.println(String.join("\n", out).replace(directory.toString(), "DIR"));
    }

    static void run(String tool, List<String> out, String... arguments) {
        StringWriter text = new StringWriter();
        PrintWriter writer = new PrintWriter(text);
        int code = ToolProvider.findFirst(tool).orElseThrow().run(writer, writer, arguments);
        out.add(tool + " " + code + " " + text);
    }
}
