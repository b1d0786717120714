import java.util.*;
import java.util.stream.*;

/** String's other methods: lines, indent, strip, translateEscapes, transform, intern, compare, regions, hashing. */
public class StringMethods {
    public static void main(String[] args) {
        System.out.println("a\nb\r\nc\rd".lines().collect(Collectors.toList()) + " "
            + " x ".indent(2).replace(' ', '.').trim() + " "
            + "a\\tb\\n\\101".translateEscapes().length() + " "
            + "  lead".stripLeading() + "|"
            + "trail  ".stripTrailing() + "|"
            + "\u2003wide\u2003".strip() + "|"
            + "\u2003wide".trim().length() + " "
            + "    a\n   b".stripIndent() + " "
            + "5".transform(Integer::parseInt));
        System.out.println("Hello".regionMatches(true, 1, "xELx", 1, 2) + " "
            + "Hello".regionMatches(1, "el", 0, 3) + " "
            + "abc".compareTo("abd") + " "
            + "abc".compareTo("ab") + " "
            + "A".compareToIgnoreCase("b") + " "
            + "a".compareTo("\u4e2d") + " " + String.CASE_INSENSITIVE_ORDER.compare("B", "a"));
        String s = "the quick brown fox";
        System.out.println(s.indexOf("q") + " " + s.indexOf("o", 13) + " " + s.lastIndexOf('o') + " "
            + s.lastIndexOf("o", 13) + " " + s.indexOf("zzz") + " " + s.indexOf("") + " " + s.lastIndexOf("") + " "
            + s.indexOf("", 100) + " " + s.contains("row") + " " + s.startsWith("quick", 4) + " " + s.endsWith("") + " "
            + s.subSequence(4, 9) + " " + s.charAt(4) + " " + s.toUpperCase().toLowerCase().equals(s));
        System.out.println(new String("x") == "x");
        System.out.println(new String("x").intern() == "x");
        System.out.println(("a" + s.charAt(0)).intern() == ("a" + s.charAt(0)).intern());
        String dyn = new StringBuilder("unseen").append(42).toString();
        System.out.println((dyn.intern() == dyn) + " " + (dyn.intern() == "unseen" + 42));
        System.out.println("".hashCode() + " "
            + "a".hashCode() + " "
            + "Aa".hashCode() + " "
            + "BB".hashCode() + " "
            + "polygenelubricants".hashCode() + " "
            + "\0\0".hashCode() + " "
            + "\uffff\uffff".hashCode());
        System.out.println(String.valueOf((Object) null) + String.valueOf(new char[] {'o', 'k'}) + String.valueOf(1.0f)
            + String.valueOf('c') + String.valueOf(true) + " "
            + "a-b".replace("-", "") + "aaa".replace("aa", "b") + "abc".replace("", "-") + "x".replace("x", "xx")
            + " "
            + "x".concat("y") + "".isEmpty() + " ".isBlank());
        System.out.println("cab".chars().sorted().mapToObj(c -> "" + (char) c).collect(Collectors.joining()) + " "
            + "a-b-c".chars().filter(c -> c == '-').count() + " " + new StringTokenizer("a b,c", " ,").countTokens()
            + " " + Collections.list(new StringTokenizer("a b,c", " ,", true)) + " "
            + Arrays.toString("h\u00e9".toCharArray()) + " "
            + "abc".contentEquals(new StringBuilder("abc")) + " "
            + "abc".contentEquals("abd"));
        String big = IntStream.range(0, 500).mapToObj(Integer::toString).collect(Collectors.joining(","));
        System.out.println(big.length() + " " + big.hashCode() + " " + big.split(",").length + " " + big.indexOf("499")
            + " " + big.lastIndexOf("1,") + " " + big.replace(",", "").length() + " "
            + Arrays.stream(big.split(",")).mapToInt(Integer::parseInt).sum());
        for (Runnable r : new Runnable[] {()
                                              -> "abc".charAt(-1),
                 ()
                     -> "abc".substring(4),
                 ()
                     -> "abc".substring(1, 5),
                 ()
                     -> "x".repeat(-1),
                 ()
                     -> "abc".codePointAt(3),
                 ()
                     -> new String(new char[2], 1, 5),
                 () -> "a".compareTo(null), () -> new String((char[]) null), () -> String.join(null, "a")})
            try {
                r.run();
                System.out.println("none");
            } catch (RuntimeException e) { System.out.println(e.getClass().getSimpleName()); }
        System.out.println("\u00df".toUpperCase(Locale.ROOT) + "\u0130".toLowerCase(Locale.ROOT).length()
            + "I".toLowerCase(new Locale("tr")) + "\u03a3A\u03a3".toLowerCase(Locale.ROOT)
            + "ǆ".toUpperCase(Locale.ROOT) + "titlecase".substring(0, 1).toUpperCase(Locale.ROOT));
        System.out.println("a,b;c d".split("[,; ]").length + " "
            + "AbC".chars()
                .map(Character::toLowerCase)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append));
        System.out.println("%d%%".formatted(5) + "x".describeConstable().get()
            + "abc".equals((Object) new StringBuilder("abc")) + "z".compareTo("aa")
            + "longer text here".hashCode() % 1000 + "text".endsWith("xt") + "\t".isBlank());
    }
}
