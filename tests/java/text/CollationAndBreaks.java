import java.text.*;
import java.util.*;

/** Collator, RuleBasedCollator, BreakIterator, Normalizer, CharacterIterator, AttributedString, Bidi. */
public class CollationAndBreaks {
    static String breaks(BreakIterator b, String s) {
        StringBuilder o = new StringBuilder();
        b.setText(s);
        int st = b.first();
        for (int e = b.next(); e != BreakIterator.DONE; st = e, e = b.next())
            o.append('[').append(s, st, e).append(']');
        return o.toString();
    }
    public static void main(String[] args) throws Exception {
        List<String> w =
            new ArrayList<>(List.of("cote", "c\u00f4te", "cot\u00e9", "Cote", "apple", "\u00c4pfel", "zebra", "Apple"));
        Collator c = Collator.getInstance(Locale.US);
        w.sort(c);
        System.out.println(w);
        for (int s : new int[] {Collator.PRIMARY, Collator.SECONDARY, Collator.TERTIARY}) {
            c.setStrength(s);
            System.out.print(
                c.compare("a", "A") + " " + c.compare("a", "\u00e1") + " " + c.equals("e", "\u00e9") + "; ");
        }
        System.out.println(c.getCollationKey("abc").compareTo(c.getCollationKey("abd")));
        RuleBasedCollator rb = new RuleBasedCollator("< c < b < a");
        List<String> x = new ArrayList<>(List.of("a", "b", "c"));
        x.sort(rb);
        System.out.println(x);
        try {
            new RuleBasedCollator("< a < [");
        } catch (ParseException e) { System.out.println("ParseException"); }
        String t = "Hello, world! It's 3.14 o'clock. \"Really?\" Yes. e\u0301\ud83d\ude00";
        System.out.println(breaks(BreakIterator.getWordInstance(Locale.US), t));
        System.out.println(breaks(BreakIterator.getSentenceInstance(Locale.US), t));
        System.out.println(breaks(BreakIterator.getLineInstance(Locale.US), t));
        System.out.println(breaks(BreakIterator.getCharacterInstance(Locale.US), "ae\u0301\ud83d\ude00\r\n").length());
        BreakIterator b = BreakIterator.getWordInstance(Locale.US);
        b.setText("one two three");
        System.out.println(b.last() + " " + b.previous() + " " + b.following(5) + " " + b.preceding(5) + " "
            + b.isBoundary(4) + b.next(2) + b.current());
        for (Normalizer.Form f : Normalizer.Form.values()) {
            StringBuilder s = new StringBuilder();
            for (char ch : Normalizer.normalize("\u00e9\ufb01\u2460\u1e9b\u0323\uac00", f).toCharArray())
                s.append(Integer.toHexString(ch)).append(' ');
            System.out.println(f + " " + s + Normalizer.isNormalized("e\u0301", f));
        }
        CharacterIterator it = new StringCharacterIterator("abc", 1);
        System.out.println("" + it.current() + it.next() + it.next() + (it.getIndex()) + it.first() + it.last());
        AttributedString as = new AttributedString("styled");
        as.addAttribute(AttributedCharacterIterator.Attribute.LANGUAGE, Locale.US, 1, 3);
        AttributedCharacterIterator ai = as.getIterator();
        ai.setIndex(1);
        System.out.println(ai.getRunStart() + " " + ai.getRunLimit() + " " + ai.getAttributes().size());
        Bidi bd = new Bidi("abc \u05d0\u05d1 def", Bidi.DIRECTION_LEFT_TO_RIGHT);
        System.out.println(bd.isMixed() + " " + bd.getRunCount() + " " + bd.getLevelAt(4) + " " + bd.getRunLimit(0));
    }
}
