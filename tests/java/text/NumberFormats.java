import java.math.*;
import java.text.*;
import java.util.*;

/** DecimalFormat, NumberFormat, ChoiceFormat, CompactNumberFormat, currency, with fixed locales. */
public class NumberFormats {
    public static void main(String[] args) throws Exception {
        DecimalFormatSymbols us = DecimalFormatSymbols.getInstance(Locale.US);
        for (String p : new String[] {"0", "#", "0.00", "#,##0.###", "00000", "#.##%", "0.###E0", "##0.##E0",
                 "\u00a4#,##0.00;(\u00a4#)", "'#'0", "0.0\u2030", "#,####.0", "pre 0 post"}) {
            DecimalFormat f = new DecimalFormat(p, us);
            StringBuilder b = new StringBuilder(p + ":");
            for (double d : new double[] {0, 1, -1, 0.5, 1.5, 2.5, 1234567.891, -0.001, 1e15, 0.0004567, Double.NaN,
                     Double.POSITIVE_INFINITY, -0.0})
                b.append(' ').append(f.format(d));
            System.out.println(
                b + " " + f.format(Long.MAX_VALUE) + " " + f.format(new BigDecimal("12345678901234567890.125")));
        }
        for (RoundingMode r : new RoundingMode[] {RoundingMode.UP, RoundingMode.DOWN, RoundingMode.HALF_UP,
                 RoundingMode.HALF_EVEN, RoundingMode.CEILING, RoundingMode.FLOOR}) {
            DecimalFormat f = new DecimalFormat("0.0", us);
            f.setRoundingMode(r);
            System.out.print(r + " " + f.format(0.25) + f.format(-0.25) + f.format(0.35) + " ");
        }
        System.out.println();
        DecimalFormat p = new DecimalFormat("#,##0.##", us);
        System.out.println(
            p.parse("1,234.5xyz") + " " + p.parse("-7") + " " + p.parse("12345678901234567890") + " " + p.toPattern());
        p.setParseBigDecimal(true);
        System.out.println(p.parse("1.10"));
        ParsePosition pos = new ParsePosition(2);
        System.out.println(p.parse("ab12", pos) + " " + pos.getIndex());
        try {
            p.parse("zz");
        } catch (ParseException e) { System.out.println(e.getMessage() + " " + e.getErrorOffset()); }
        try {
            new DecimalFormat("0.0.0");
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        try {
            p.format("str");
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        for (Locale l : new Locale[] {Locale.US, Locale.ROOT})
            System.out.println(NumberFormat.getInstance(l).format(1234567.891) + " "
                + NumberFormat.getPercentInstance(l).format(0.256) + " "
                + NumberFormat.getIntegerInstance(l).format(2.5) + NumberFormat.getIntegerInstance(l).format(3.5));
        System.out.println(NumberFormat.getCurrencyInstance(Locale.US).format(-1234.5) + " "
            + NumberFormat.getCompactNumberInstance(Locale.US, NumberFormat.Style.SHORT).format(12345) + " "
            + NumberFormat.getCompactNumberInstance(Locale.US, NumberFormat.Style.LONG).format(2500000));
        ChoiceFormat c = new ChoiceFormat("0#none|1#one|1<many {0}");
        System.out.println(c.format(0) + c.format(1) + c.format(1.5) + c.format(-5) + " " + ChoiceFormat.nextDouble(1));
        Currency cu = Currency.getInstance("EUR");
        System.out.println(cu + " " + cu.getDefaultFractionDigits() + " " + cu.getNumericCode() + " "
            + Currency.getInstance(Locale.JAPAN) + Currency.getInstance("JPY").getDefaultFractionDigits());
        FieldPosition fp = new FieldPosition(NumberFormat.FRACTION_FIELD);
        StringBuffer sb = new StringBuffer();
        new DecimalFormat("#,##0.00", us).format(1234.5, sb, fp);
        System.out.println(sb + " " + fp.getBeginIndex() + "-" + fp.getEndIndex());
    }
}
