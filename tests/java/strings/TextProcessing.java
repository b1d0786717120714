import java.util.*;
import java.util.stream.*;

/** A text run through the things programs do with text: tokens, frequencies, CSV, justification, ciphers, templates. */
public class TextProcessing {
    static final String TEXT =
        "It was a bright cold day in April, and the clocks were striking thirteen. Winston walked quickly; the wind "
        + "was vile, the hallway smelt of cabbage and old mats. It was no use trying the lift.";
    static List<String> csv(String line) {
        List<String> out = new ArrayList<>();
        StringBuilder b = new StringBuilder();
        boolean q = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (q) {
                if (c == '"' && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                    b.append('"');
                    i++;
                } else if (c == '"')
                    q = false;
                else
                    b.append(c);
            } else if (c == '"')
                q = true;
            else if (c == ',') {
                out.add(b.toString());
                b.setLength(0);
            } else
                b.append(c);
        }
        out.add(b.toString());
        return out;
    }
    static String justify(String text, int width) {
        StringBuilder out = new StringBuilder();
        List<String> line = new ArrayList<>();
        int len = 0;
        for (String w : text.split("\\s+")) {
            if (len + line.size() + w.length() > width) {
                int gaps = Math.max(1, line.size() - 1), pad = width - len;
                for (int i = 0; i < line.size(); i++) {
                    out.append(line.get(i));
                    if (i < line.size() - 1) out.append(" ".repeat(pad / gaps + (i < pad % gaps ? 1 : 0)));
                }
                out.append("|\n");
                line.clear();
                len = 0;
            }
            line.add(w);
            len += w.length();
        }
        return out.append(String.join(" ", line)).toString();
    }
    static String caesar(String s, int k) {
        return s.chars()
            .map(c
                -> Character.isUpperCase(c)    ? 'A' + Math.floorMod(c - 'A' + k, 26)
                    : Character.isLowerCase(c) ? 'a' + Math.floorMod(c - 'a' + k, 26)
                                               : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    }
    static String template(String t, Map<String, ?> m) {
        StringBuilder b = new StringBuilder();
        int i = 0;
        while (true) {
            int s = t.indexOf("${", i);
            if (s < 0) return b.append(t.substring(i)).toString();
            int e = t.indexOf('}', s);
            b.append(t, i, s).append(m.get(t.substring(s + 2, e)));
            i = e + 1;
        }
    }
    static String rle(String s) {
        StringBuilder b = new StringBuilder();
        for (int i = 0, j; i < s.length(); i = j) {
            j = i;
            while (j < s.length() && s.charAt(j) == s.charAt(i)) j++;
            b.append(j - i).append(s.charAt(i));
        }
        return b.toString();
    }
    static boolean palindrome(String s) {
        String c = s.toLowerCase().replaceAll("[^a-z]", "");
        return new StringBuilder(c).reverse().toString().equals(c);
    }
    public static void main(String[] args) {
        System.out.println(""
            + Arrays.stream(TEXT.toLowerCase().split("\\W+"))
                .collect(Collectors.groupingBy(w -> w, TreeMap::new, Collectors.counting())));
        System.out.println(""
            + TEXT.chars()
                .filter(Character::isLetter)
                .mapToObj(c -> (char) Character.toLowerCase(c))
                .collect(Collectors.groupingBy(c -> c, TreeMap::new, Collectors.counting())));
        System.out.println(csv("a,\"b,c\",\"say \"\"hi\"\"\",,d") + " " + csv("").size());
        System.out.println(justify(TEXT, 38));
        System.out.println(caesar(TEXT.substring(0, 30), 13) + " " + caesar(caesar("Attack", 5), -5));
        System.out.println(
            template("Dear ${name}, you owe ${sum} ${cur}${none}.", Map.of("name", "Bob", "sum", 12.5, "cur", "EUR")));
        System.out.println(rle("aaabccdddd") + " " + palindrome("A man, a plan, a canal: Panama") + palindrome("nope"));
        System.out.println(Arrays.stream(TEXT.split("[.;]"))
                .map(String::strip)
                .map(s -> s.isEmpty() ? "" : Character.toUpperCase(s.charAt(0)) + s.substring(1))
                .collect(Collectors.joining(" / ")));
        StringBuilder hex = new StringBuilder();
        for (byte b : "hexdump \u00e9\n".getBytes(java.nio.charset.StandardCharsets.UTF_8))
            hex.append(String.format("%02X ", b));
        System.out.println(hex);
        int[] fail = new int[TEXT.length()];
        String pat = "the";
        int hits = 0;
        for (int i = 0, k = 0; i < TEXT.length(); i++) {
            while (k > 0 && TEXT.charAt(i) != pat.charAt(k)) k = 0;
            if (TEXT.charAt(i) == pat.charAt(k)) k++;
            if (k == pat.length()) {
                hits++;
                k = 0;
            }
        }
        System.out.println(hits + " " + fail.length);
    }
}
