import java.util.*;

/** String.format: conversions, flags, widths, indexes and the exceptions for wrong ones. */
public class Formatting {
    static void f(String fmt, Object... a) {
        try {
            System.out.println(String.format(Locale.ROOT, fmt, a));
        } catch (IllegalFormatException e) { System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage()); }
    }
    static class Fm implements Formattable {
        public void formatTo(Formatter f, int flags, int w, int p) { f.format("<%d %d %d>", flags, w, p); }
    }
    public static void main(String[] args) {
        f("%d %5d|%-5d|%05d|%+d|% d|%,d|%(d|%x|%X|%o|%#x|%#o", 42, 42, 42, 42, 42, 42, 1234567, -42, 255, 255, 8, 255,
            8);
        f("%d %x %o %d %x", -1, -1, -1, Long.MIN_VALUE, (byte) -1);
        f("%d %x", new java.math.BigInteger("-12345678901234567890"), new java.math.BigInteger("255"));
        f("%s %10s|%-10s|%.2s|%S|%10.3s|%b %B %b %c %C %c %h %%%n", "str", "str", "str", "str", "str", "string", true,
            "x", null, 'c', 'c', 0x1F600, "hash");
        f("%2$s %1$s %<s %s %s", "a", "b");
        f("%f %.0f %.10f %10.2f|%-10.2f|%010.2f|%+.2f|%,.2f|%(.2f", 1.5, 2.5, 1.0 / 3, 3.14159, 3.14159, -3.14159,
            3.14159, 9876543.215, -1.0);
        f("%e %.2E %g %.3g %g %a %f %e %s", 12345.678, 0.00012, 12345.678, 0.00001234, 1e-5, 0.1, Double.NaN,
            Double.NEGATIVE_INFINITY, Float.MAX_VALUE);
        f("%.3f %s", new java.math.BigDecimal("1.23456789"), new java.math.BigDecimal("1E+3"));
        f("%tY-%<tm-%<td %<tH:%<tM:%<tS.%<tL %<tA %<tB %<tj %<tZ %<tp %<tI",
            new GregorianCalendar(2021, 1, 3, 14, 5, 9));
        f("%tF %<tT %<tD %<tR %<tr %<te %<ty %<ta %<tb", java.time.LocalDateTime.of(2020, 2, 29, 23, 59, 58));
        f("%s %s %s %s", new int[0].length, List.of(1, 2), Map.of("k", "v"), Optional.of(1));
        f("%s|%10s|%-7.3s|%#s", new Fm(), new Fm(), new Fm(), new Fm());
        f("%n%n".trim());
        f("no args %%");
        f("%s %s", (Object[]) new String[] {"x", "y"});
        f("%s", (Object) null);
        f("%d", 1.5);
        f("%f", 1);
        f("%c", "s");
        f("%5");
        f("%y", 1);
        f("%-d", 1);
        f("%+s", "x");
        f("%s %s", "one");
        f("%.2d", 1);
        f("%,x", 1);
        f("%05s", "x");
        f("%-05d", 1);
        f("%c", 0x110000);
        f("%#d", 1);
        f("%0d", 5);
        f("%tQ", "x");
        f("%3$s", 1);
        f("%08.3f|%+08d|%,012d|%x", 3.14159, 42, 1234567, 'c' + 0L);
        f("%,d %,d %,.3f", 999, 1000, 1234.5);
        f("%b %b %s", "false", Boolean.FALSE, Boolean.TRUE);
        f("%h %h %h", 42, "hi", null);
        f("%1$d %1$x %1$o %1$c", 65);
        Formatter fm = new Formatter(new StringBuilder("pre:"), Locale.GERMANY);
        fm.format("%,.2f %s", 1234567.891, 5).flush();
        System.out.println(fm);
        fm.close();
        try {
            fm.format("x");
        } catch (FormatterClosedException e) { System.out.println("closed"); }
        System.out.println(String.format(Locale.FRANCE, "%.2f", 1.5) + String.format(Locale.US, "%,d", 1234567)
            + "%s-%d".formatted("a", 1));
        System.out.printf("%s %s%n", "printf", 1);
        System.out.format("%d%n", 2);
    }
}
