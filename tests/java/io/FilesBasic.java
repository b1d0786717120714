// grants: file
import java.io.*;
import java.nio.file.*;
import java.nio.file.attribute.*;
import java.util.*;
import java.util.stream.*;

/** java.io.File and java.nio.file.Files over a temporary tree. */
public class FilesBasic {
    interface R {
        Object run() throws Throwable;
    }
    static Path root;
    static void t(R r) {
        try {
            System.out.println(r.run());
        } catch (Throwable e) {
            System.out.println(
                e.getClass().getSimpleName() + ": " + (e.getMessage() + "").replace(root.toString(), "ROOT"));
        }
    }
    public static void main(String[] args) throws Exception {
        root = Files.createTempDirectory("filesbasic").toRealPath();
        Path a = root.resolve("a.txt"), sub = root.resolve("sub/deep");
        Files.createDirectories(sub);
        Files.writeString(a, "line one\nline two\n\u00e9\u4e2d\n");
        Files.write(sub.resolve("b.bin"), new byte[] {0, 1, 2, -1});
        t(() -> Files.readAllLines(a));
        t(() -> Files.readString(a).length());
        t(() -> Files.size(a));
        t(() -> Arrays.toString(Files.readAllBytes(sub.resolve("b.bin"))));
        t(()
                -> Files.exists(a) + " " + Files.isDirectory(sub) + " " + Files.isRegularFile(a) + " "
                + Files.isReadable(a) + " " + Files.isHidden(root.resolve(".h")) + " "
                + Files.notExists(root.resolve("zz")));
        try (Stream<Path> w = Files.walk(root)) {
            System.out.println(w.map(p -> root.relativize(p).toString()).sorted().collect(Collectors.toList()));
        }
        try (Stream<Path> l = Files.list(root)) {
            System.out.println(l.map(p -> p.getFileName().toString()).sorted().toList());
        }
        try (Stream<Path> f = Files.find(root, 5, (p, at) -> at.isRegularFile() && at.size() == 4)) {
            System.out.println(f.map(p -> p.getFileName().toString()).toList());
        }
        try (DirectoryStream<Path> d = Files.newDirectoryStream(root, "*.txt")) {
            for (Path p : d) System.out.println(p.getFileName());
        }
        try (Stream<String> l = Files.lines(a)) {
            System.out.println(l.filter(s -> s.startsWith("line")).count());
        }
        t(() -> {
            Files.copy(a, root.resolve("c.txt"));
            return Files.mismatch(a, root.resolve("c.txt"));
        });
        t(() -> Files.copy(a, root.resolve("c.txt")));
        t(() -> Files.copy(a, root.resolve("c.txt"), StandardCopyOption.REPLACE_EXISTING).getFileName());
        t(() -> Files.move(root.resolve("c.txt"), root.resolve("d.txt")).getFileName());
        t(() -> Files.exists(root.resolve("c.txt")));
        t(() -> Files.readString(root.resolve("nope")));
        t(() -> Files.createDirectory(sub));
        t(() -> {
            Files.delete(root.resolve("sub"));
            return "?";
        });
        t(() -> {
            Files.delete(root.resolve("zz"));
            return "?";
        });
        t(() -> Files.deleteIfExists(root.resolve("zz")));
        t(() -> Files.newInputStream(root).read());
        t(() -> Files.createFile(a));
        t(() -> {
            Files.writeString(a, "appended", StandardOpenOption.APPEND);
            return Files.readAllLines(a).get(3);
        });
        t(() -> {
            Files.createSymbolicLink(root.resolve("link"), a);
            return Files.isSymbolicLink(root.resolve("link")) + " "
                + Files.readSymbolicLink(root.resolve("link")).getFileName() + " "
                + Files.isSameFile(a, root.resolve("link")) + " " + root.resolve("link").toRealPath().getFileName();
        });
        t(() -> {
            Files.setLastModifiedTime(a, FileTime.fromMillis(1000000000000L));
            return Files.getLastModifiedTime(a);
        });
        t(() -> {
            Files.setPosixFilePermissions(a, PosixFilePermissions.fromString("rw-r-----"));
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(a));
        });
        t(()
                -> Files.readAttributes(a, BasicFileAttributes.class).isRegularFile() + " "
                + Files.getAttribute(a, "size") + " " + Files.readAttributes(a, "size,isDirectory"));
        t(() -> Files.getFileStore(root) != null);
        t(() -> Files.getOwner(a) != null);
        StringBuilder log = new StringBuilder();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            public FileVisitResult postVisitDirectory(Path d, IOException e) throws IOException {
                log.append("dir ");
                Files.delete(d);
                return FileVisitResult.CONTINUE;
            }
            public FileVisitResult visitFile(Path f, BasicFileAttributes at) throws IOException {
                log.append("file ");
                Files.delete(f);
                return FileVisitResult.CONTINUE;
            }
        });
        System.out.println(Arrays.stream(log.toString().split(" "))
                               .collect(Collectors.groupingBy(x -> x, TreeMap::new, Collectors.counting()))
            + " " + Files.exists(root));
        Files.createDirectory(root);
        File f = new File(root.toFile(), "old.txt");
        System.out.println(f.createNewFile() + " " + f.createNewFile() + " " + f.exists() + f.isFile() + f.canRead()
            + f.length() + " " + f.getName() + " " + f.getParentFile().getName().startsWith("filesbasic") + " "
            + f.renameTo(new File(root.toFile(), "new.txt")) + f.exists() + " " + Arrays.toString(root.toFile().list())
            + new File(root.toFile(), "x/y/z").mkdirs() + new File(root.toFile(), "x").delete()
            + new File(root.toFile(), "x/y/z").delete() + " "
            + root.toFile().listFiles((d, n) -> n.endsWith("txt")).length + new File("nope").list()
            + new File("nope").length() + new File("nope").lastModified());
        System.out.println(new File("a/../b/./c").getPath() + " " + new File("a//b/").getPath() + " "
            + new File("/x", "y").getAbsolutePath() + " " + new File("").getPath().isEmpty() + " "
            + new File("/a/b/../c").getCanonicalPath() + " " + new File("a").isAbsolute() + " "
            + new File("a").compareTo(new File("b")) + " " + new File("p/q").getParent() + new File("q").getParent()
            + " " + root.toFile().toURI().toString().replace(root.toString(), "ROOT") + " "
            + new File("a b").toURI().getRawPath().endsWith("a%20b"));
        t(() -> new FileInputStream(new File(root.toFile(), "missing")));
        t(() -> new FileOutputStream(root.toFile()));
        t(() -> new FileReader(root.resolve("nodir/x").toFile()));
        t(() -> {
            File tmp = File.createTempFile("pre", ".suf", root.toFile());
            return tmp.getName().startsWith("pre") && tmp.getName().endsWith(".suf") && tmp.setReadOnly()
                && tmp.setLastModified(5000) && tmp.lastModified() == 5000 && tmp.delete();
        });
    }
}
