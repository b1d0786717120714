import java.text.*;
import java.util.*;

/** MessageFormat, SimpleDateFormat, DateFormatSymbols, Calendar, TimeZone with fixed locale and zone. */
public class MessageAndDate {
    public static void main(String[] args) throws Exception {
        Locale.setDefault(Locale.US);
        TimeZone.setDefault(TimeZone.getTimeZone("America/New_York"));
        Date d = new Date(1234567890123L);
        System.out.println(MessageFormat.format("{0} has {1,number,integer} files on {2,date,yyyy-MM-dd} {3} "
                                                + "'{quoted}' it''s {1,choice,0#none|1#one|1<{1} many}",
            "Disk", 1234, d, null));
        MessageFormat mf = new MessageFormat("{1}-{0}:{2,number,#.##}", Locale.US);
        System.out.println(mf.format(new Object[] {"a", "b", 3.14159}) + " " + Arrays.toString(mf.parse("x-y:2.5"))
            + " " + mf.toPattern());
        for (String bad : new String[] {"{", "{a}", "{0,foo}", "{0,number,#.#.#}", "{-1}"}) try {
                new MessageFormat(bad);
                System.out.println("ok");
            } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        for (String p : new String[] {"yyyy-MM-dd HH:mm:ss.SSS Z", "EEE, d MMM yyyy hh:mm a z", "EEEE MMMM D F w W E u",
                 "XXX XX X", "yy/M/d K:k", "G Y 'text' ''", "yyyyMMdd'T'HHmmss"})
            System.out.println(new SimpleDateFormat(p).format(d));
        SimpleDateFormat f = new SimpleDateFormat("yyyy-MM-dd HH:mm z");
        System.out.println(f.parse("2020-02-30 25:61 GMT").getTime() + " " + f.parse("2009-02-13 18:31 EST").getTime());
        f.setLenient(false);
        try {
            f.parse("2020-02-30 10:00 GMT");
        } catch (ParseException e) { System.out.println(e.getMessage()); }
        try {
            new SimpleDateFormat("yyyy bb");
        } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        System.out.println(Arrays.toString(new DateFormatSymbols(Locale.US).getShortWeekdays())
            + new DateFormatSymbols(Locale.US).getMonths()[1]);
        System.out.println(d + " " + d.toInstant());
        GregorianCalendar c = new GregorianCalendar(2020, Calendar.JANUARY, 31, 12, 0);
        c.add(Calendar.MONTH, 1);
        System.out.println(c.getTime() + " " + c.get(Calendar.DAY_OF_WEEK) + c.getActualMaximum(Calendar.DAY_OF_MONTH)
            + c.isLeapYear(2100));
        c.roll(Calendar.MONTH, 11);
        System.out.println(c.get(Calendar.YEAR) + " " + c.get(Calendar.MONTH) + " " + c.get(Calendar.WEEK_OF_YEAR) + " "
            + c.getTimeInMillis());
        c.set(1582, Calendar.OCTOBER, 4);
        c.add(Calendar.DATE, 1);
        System.out.println(c.get(Calendar.DATE));
        c.setTimeZone(TimeZone.getTimeZone("Asia/Tokyo"));
        c.setTimeInMillis(0);
        System.out.println(c.get(Calendar.HOUR) + " " + c.get(Calendar.ZONE_OFFSET));
        for (String z : new String[] {"America/New_York", "Europe/London", "Asia/Kolkata", "GMT+5:30", "UTC",
                 "Nope/Zone", "Australia/Lord_Howe"}) {
            TimeZone t = TimeZone.getTimeZone(z);
            System.out.print(t.getID() + " " + t.getRawOffset() + " " + t.getOffset(1594000000000L) + " "
                + t.useDaylightTime() + " " + t.inDaylightTime(new Date(1594000000000L)) + "; ");
        }
        System.out.println(TimeZone.getTimeZone("America/New_York").getDisplayName(true, TimeZone.SHORT, Locale.US)
            + " " + DateFormat.getDateInstance(DateFormat.SHORT, Locale.US).format(d) + " "
            + DateFormat.getDateInstance(DateFormat.LONG, Locale.US).format(d));
    }
}
