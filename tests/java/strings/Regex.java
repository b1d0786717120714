import java.util.*;
import java.util.regex.*;
import java.util.stream.*;

/** java.util.regex: groups, lookaround, quantifiers, flags, replacement, split, errors. */
public class Regex {
    static void all(String p, String s) {
        Matcher m = Pattern.compile(p).matcher(s);
        StringBuilder b = new StringBuilder(p + " on " + s + ":");
        while (m.find()) {
            b.append(" [").append(m.start()).append("-").append(m.end()).append(" ").append(m.group());
            for (int g = 1; g <= m.groupCount(); g++) b.append(",").append(m.group(g));
            b.append("]");
        }
        System.out.println(b);
    }
    public static void main(String[] args) {
        all("a*", "aabaa");
        all("(a|b)+c", "abacbc");
        all("(\\d+)-(\\w+)?", "12-ab 3- 45-c");
        all("(?<y>\\d{4})-(?<m>\\d\\d)", "2020-01 1999-12");
        all("x(?=y)", "xyxz");
        all("x(?!y)", "xyxz");
        all("(?<=\\$)\\d+", "$12 13 $4");
        all("(?<!a)b", "ab bb");
        all("(a+?)(a*)", "aaaa");
        all("a{2,3}", "aaaaaaa");
        all("a++b", "aaab");
        all("(?>a+)ab", "aaab");
        all("\\bfoo\\b", "foo food foo");
        all("^\\w", "ab\ncd");
        all("(?m)^\\w", "ab\ncd");
        all("(?i)ABC", "abcAbC");
        all("(?s)a.b", "a\nb");
        all("(\\w)\\1", "aabbcd");
        all("[a-c&&[^b]]", "abcd");
        all("[^\\d\\s]+", "ab1 c");
        all("\\p{Lu}\\p{L}*", "Hello \u00c9t\u00e9 world");
        all("\\p{IsGreek}+", "abc\u03b1\u03b2");
        all(".", "\ud83d\ude00a");
        all("\\Q.*\\E", "a.*b");
        all("(?x) a b # comment", "ab");
        all("\\R", "a\r\nb\nc");
        all("(a)|(b)", "ab");
        all("", "ab");
        all("[\\w&&\\D]", "a1_");
        all("(?:x|y)z", "xzyz");
        all("\\h+", "a \tb");
        System.out.println("a1b22c333".replaceAll("(\\d+)", "<$1>") + " "
            + "a.b.c".replaceFirst("\\.", "\\$") + " "
            + Pattern.compile("(?<n>\\w)").matcher("xy").replaceAll("${n}${n}") + " "
            + Pattern.compile("\\d").matcher("a1b2").replaceAll(r -> "" + (Integer.parseInt(r.group()) * 2)) + " "
            + Matcher.quoteReplacement("$1\\"));
        System.out.println(Arrays.toString("a,b,,c,,".split(",")) + Arrays.toString("a,b,,c,,".split(",", -1))
            + Arrays.toString("a,b,,c,,".split(",", 2)) + Arrays.toString("abc".split(""))
            + Arrays.toString("".split(",")) + Arrays.toString(",a".split(","))
            + Arrays.toString("a1b2c".split("\\d")) + Arrays.toString("a|b".split("|"))
            + Arrays.toString("a.b".split(".")) + Arrays.toString("x||y".split("\\|\\|")));
        Matcher m = Pattern.compile("(\\w+)@(\\w+)\\.com").matcher("joe@example.com, ann@test.com");
        StringBuilder sb = new StringBuilder();
        while (m.find()) m.appendReplacement(sb, "$2/$1");
        m.appendTail(sb);
        System.out.println(sb);
        m.reset("zed@z.com");
        System.out.println(m.matches() + " " + m.group(1) + m.toMatchResult().end(2));
        m.reset();
        System.out.println(m.lookingAt() + " " + m.hitEnd() + " " + m.regionEnd());
        System.out.println(Pattern.matches("[0-9]+", "123") + " "
            + "abc".matches("ab") + " " + Pattern.compile("b").asPredicate().test("abc") + " "
            + Pattern.compile("b").asMatchPredicate().test("abc") + " "
            + Pattern.compile(",").splitAsStream("a,b,c").collect(Collectors.toList()) + " "
            + Pattern.compile("[aeiou]")
                .matcher("education")
                .results()
                .map(MatchResult::group)
                .collect(Collectors.joining()));
        for (String p : new String[] {"(", "[a", "*a", "a{2", "\\", "(?<n", "a{3,2}", "(?<1a>x)", "\\k<no>", "(?z)",
                 "[z-a]", "\\p{Nope}", "(?<=a*)b"}) {
            try {
                Pattern.compile(p);
                System.out.println("ok " + p);
            } catch (PatternSyntaxException e) {
                System.out.println(e.getDescription() + " near " + e.getIndex() + " | "
                    + e.getMessage().replace("\n", "/").replace("\r", ""));
            }
        }
        try {
            m.reset();
            m.group();
        } catch (IllegalStateException e) { System.out.println(e.getMessage()); }
        try {
            "a".replaceAll("a", "$5");
        } catch (IndexOutOfBoundsException e) { System.out.println(e.getMessage()); }
        try {
            "a".replaceAll("a", "$");
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        StringBuilder big = new StringBuilder();
        for (int i = 0; i < 2000; i++) big.append("word").append(i).append(i % 7 == 0 ? "\n" : " ");
        int n = 0, sum = 0;
        Matcher w = Pattern.compile("word(\\d+)(?=\\s)").matcher(big);
        while (w.find()) {
            n++;
            sum += Integer.parseInt(w.group(1));
        }
        System.out.println(n + " " + sum);
        System.out.println("x".repeat(500).matches("(x|y)*z") + " "
            + Pattern.compile("(a?){12}a{12}").matcher("a".repeat(12)).matches());
        System.out.println(Pattern.compile("a.c", Pattern.DOTALL | Pattern.CASE_INSENSITIVE | Pattern.COMMENTS).flags()
            + " " + Pattern.compile("\u00e9", Pattern.CANON_EQ).matcher("e\u0301").matches() + " "
            + Pattern.compile("\u00c9", Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE).matcher("\u00e9").matches()
            + " " + Pattern.compile("[*+", Pattern.LITERAL).matcher("a[*+").find());
    }
}
