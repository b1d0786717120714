import java.nio.charset.*;
import java.util.*;

/** The same operations on Latin-1 and UTF-16 strings; surrogate pairs and code points. */
public class Latin1Utf16 {
    public static void main(String[] args) {
        String[] all = {"", "a", "hello world", "H\u00c9LLO \u00ff\u00b5\u00df", "\u4e2d\u6587 text",
            "x\ud83d\ude00y\ud83d\ude01", "\ud83d", "\ude00\ud83d", "\u0130stanbul \u0131",
            "\u03a3\u03a3 \u1e9e \ufb03", "tab\tnl\n end ", "\u0100"};
        for (String s : all) {
            System.out.println(s.length() + " " + s.hashCode() + " " + s.codePointCount(0, s.length()) + " "
                + s.toUpperCase(Locale.ROOT).hashCode() + " " + s.toLowerCase(Locale.ROOT).hashCode() + " "
                + s.toUpperCase(new Locale("tr")).hashCode() + " " + s.trim().length() + " " + s.strip().length() + " "
                + s.isBlank() + " " + s.repeat(3).hashCode() + " " + s.chars().sum() + " "
                + s.codePoints().max().orElse(-1) + " " + s.indexOf('l') + " " + s.indexOf(0x1F601) + " "
                + s.lastIndexOf("o") + " " + s.replace('o', '\u4e2d').hashCode() + " "
                + s.replace("l", "\u00e9\u4e2d").hashCode() + " " + Arrays.hashCode(s.getBytes(StandardCharsets.UTF_8))
                + " " + Arrays.hashCode(s.getBytes(StandardCharsets.UTF_16)) + " "
                + Arrays.hashCode(s.getBytes(StandardCharsets.ISO_8859_1)) + " "
                + new String(s.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).equals(s));
            for (String t : all)
                System.out.print(Integer.signum(s.compareTo(t)) + "" + Integer.signum(s.compareToIgnoreCase(t))
                    + (s.equals(t) ? "=" : "") + (s.equalsIgnoreCase(t) ? "~" : "") + (s.contains(t) ? "c" : "")
                    + (s.startsWith(t) ? "s" : "") + (s.endsWith(t) ? "e" : "") + s.indexOf(t) + "," + s.lastIndexOf(t)
                    + " ");
            System.out.println();
        }
        String e = all[5];
        for (int i = 0; i < e.length(); i++)
            System.out.print(Integer.toHexString(e.codePointAt(i)) + " " + Character.isSurrogate(e.charAt(i)) + " ");
        System.out.println(
            e.offsetByCodePoints(0, 2) + " " + e.substring(1, 3).equals("\ud83d\ude00") + " " + e.codePointBefore(3));
        System.out.println(Character.getName(0x1F600) + " " + Character.charCount(0x1F600) + " "
            + Character.toString(0x1F600).length() + " " + Character.isLetter('\u4e2d') + Character.isDigit('\u0665')
            + Character.getNumericValue('\u0665') + Character.isUpperCase('\u00c9') + Character.toTitleCase('\u01c6')
            + Character.isWhitespace('\u2003') + Character.isSpaceChar('\u00a0') + Character.isJavaIdentifierStart('$')
            + Character.getType('\u20ac') + Character.UnicodeBlock.of('\u0410') + Character.UnicodeScript.of(0x4e2d)
            + Character.isMirrored('(') + Character.getDirectionality('\u05d0'));
        int letters = 0, digits = 0, upper = 0, spaces = 0, ident = 0;
        for (int c = 0; c < 0x3000; c++) {
            if (Character.isLetter(c)) letters++;
            if (Character.isDigit(c)) digits++;
            if (Character.isUpperCase(c)) upper++;
            if (Character.isWhitespace(c)) spaces++;
            if (Character.isJavaIdentifierPart(c)) ident++;
        }
        System.out.println((letters > 5000) + " " + digits + " " + (upper > 900) + " " + spaces + " " + (ident > 6000));
        String cut = "\u4e2dabc".substring(1);
        System.out.println(cut.equals("abc") + " " + cut.hashCode() + " "
            + "abc\u4e2d".replace("\u4e2d", "").equals("abc") + " "
            + ("\u4e2d"
                + "x")
                .substring(1)
                .intern()
                .equals("x")
            + (("\u4e2d"
                   + "x")
                    .substring(1)
                    .intern()
                == "x"));
        char[] chars = {'a', '\u4e2d', 'b'};
        System.out.println(new String(chars, 0, 1) + new String(chars, 1, 2) + String.valueOf(chars, 2, 1)
            + String.copyValueOf(chars).length() + new String(new int[] {0x1F600, 65}, 0, 2).length());
    }
}
