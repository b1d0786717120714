import java.nio.file.*;
import java.util.*;

/** Path algebra and glob matching, without touching the file system. */
public class PathAlgebra {
    public static void main(String[] args) {
        for (String s :
            new String[] {"", "a", "/", "/a/b", "a/b/../c", "./x", "/..", "a//b///c", "../../x", "/a/./b/.."}) {
            Path p = Path.of(s);
            System.out.println("[" + p + "] " + p.normalize() + " " + p.getNameCount() + " " + p.getFileName() + " "
                + p.getParent() + " " + p.getRoot() + " " + p.isAbsolute() + " "
                + (p.getNameCount() > 0 ? p.getName(0) + " " + p.subpath(0, p.getNameCount()) : "-") + " "
                + p.hashCode());
            for (String q : new String[] {"", "x", "/abs", "../y"})
                System.out.print(p.resolve(q) + " " + p.resolveSibling(q) + " | ");
            System.out.println();
        }
        System.out.println(Path.of("/a/b").relativize(Path.of("/a/c/d")) + " "
            + Path.of("a/b").relativize(Path.of("a/b")) + " " + Path.of("a").relativize(Path.of("b/c")) + " "
            + Path.of("/a/b/c").startsWith("/a/b") + Path.of("/a/bc").startsWith("/a/b") + Path.of("a/b").endsWith("b")
            + " " + Path.of("a").compareTo(Path.of("b")) + " " + Path.of("a", "b", "c") + " "
            + Path.of("a/b").equals(Paths.get("a", "b")));
        try {
            Path.of("/a").relativize(Path.of("b"));
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        try {
            Path.of("a\0b");
        } catch (InvalidPathException e) { System.out.println(e.getReason()); }
        try {
            Path.of("a").subpath(1, 1);
        } catch (IllegalArgumentException e) { System.out.println("IAE"); }
        for (String g : new String[] {
                 "glob:*.java", "glob:**/*.java", "glob:{a,b}*", "glob:[a-c]?.txt", "regex:.*\\d", "glob:a\\*b"}) {
            PathMatcher m = FileSystems.getDefault().getPathMatcher(g);
            StringBuilder b = new StringBuilder(g);
            for (String s : new String[] {"X.java", "d/X.java", "a.txt", "b1.txt", "bb", "x9", "a*b"})
                b.append(' ').append(m.matches(Path.of(s)));
            System.out.println(b);
        }
        try {
            FileSystems.getDefault().getPathMatcher("glob:{a");
        } catch (java.util.regex.PatternSyntaxException e) { System.out.println(e.getDescription()); }
        List<String> names = new ArrayList<>();
        for (Path p : Path.of("/x/y/z")) names.add(p.toString());
        System.out.println(names + " " + FileSystems.getDefault().getSeparator() + " "
            + Path.of("/a b").toUri().getRawPath() + " " + Path.of(java.net.URI.create("file:///q%20r")));
    }
}
