import java.time.*;
import java.time.chrono.*;
import java.time.format.*;
import java.time.temporal.*;
import java.time.zone.*;
import java.util.*;

/** Zones with gaps and overlaps, offsets, formatters and parsing, other chronologies. */
public class Zones {
    interface R {
        Object run();
    }
    static void t(R r) {
        try {
            System.out.println(r.run());
        } catch (RuntimeException e) { System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage()); }
    }
    public static void main(String[] args) {
        ZoneId ny = ZoneId.of("America/New_York"), ldn = ZoneId.of("Europe/London");
        t(()
                -> ZonedDateTime.of(2021, 3, 14, 2, 30, 0, 0, ny) + " " + ZonedDateTime.of(2021, 11, 7, 1, 30, 0, 0, ny)
                + " " + ZonedDateTime.of(2021, 11, 7, 1, 30, 0, 0, ny).withLaterOffsetAtOverlap() + " "
                + ZonedDateTime.of(2021, 3, 13, 12, 0, 0, 0, ny).plusDays(1) + " "
                + ZonedDateTime.of(2021, 3, 13, 12, 0, 0, 0, ny).plusHours(24) + " "
                + ZonedDateTime.of(2021, 7, 1, 12, 0, 0, 0, ny).withZoneSameInstant(ZoneId.of("Asia/Tokyo")) + " "
                + ZonedDateTime.parse("2020-01-01T00:00+01:00[Europe/Paris]").toInstant() + " "
                + ZonedDateTime.of(LocalDateTime.MIN, ZoneOffset.UTC).getYear());
        ZoneRules r = ldn.getRules();
        t(()
                -> r.isDaylightSavings(Instant.parse("2021-07-01T00:00:00Z")) + " "
                + r.nextTransition(Instant.parse("2021-07-01T00:00:00Z")) + " "
                + r.getValidOffsets(LocalDateTime.of(2021, 3, 28, 1, 30))
                + r.getValidOffsets(LocalDateTime.of(2021, 10, 31, 1, 30)) + " " + r.getStandardOffset(Instant.EPOCH)
                + " " + r.getTransition(LocalDateTime.of(2021, 3, 28, 1, 30)) + " " + r.isFixedOffset());
        t(() -> ZoneId.of("Nope/Where"));
        t(() -> ZoneId.of("bad zone!"));
        t(() -> ZoneOffset.of("+19:00"));
        t(()
                -> ZoneOffset.of("-05:30") + " " + ZoneOffset.ofTotalSeconds(3661) + " " + ZoneOffset.MIN + " "
                + ZoneId.of("UTC+3") + " " + ZoneId.of("Z") + " " + ZoneId.getAvailableZoneIds().contains("Asia/Tokyo")
                + " " + ZoneId.of("GMT").normalized() + " " + ZoneId.of("EST", ZoneId.SHORT_IDS));
        t(()
                -> OffsetDateTime.parse("2020-01-01T10:00:00-08:00").withOffsetSameInstant(ZoneOffset.UTC) + " "
                + OffsetTime.of(10, 0, 0, 0, ZoneOffset.ofHours(1)) + " "
                + OffsetDateTime.of(2020, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC)
                    .compareTo(OffsetDateTime.parse("2020-01-01T01:00+01:00")));
        ZonedDateTime z = ZonedDateTime.of(2021, 7, 4, 9, 8, 7, 123456789, ny);
        for (String p : new String[] {"yyyy-MM-dd HH:mm:ss.SSSSSS", "EEE d MMM uuuu h:mm a", "EEEE MMMM DDD",
                 "yyyy-'W'ww-e", "xxx XXX VV z O", "QQQ qqqq", "HH:mm[:ss][.n]", "G yy M d H m s S A N", "ppH", "''''"})
            t(() -> DateTimeFormatter.ofPattern(p, Locale.US).format(z));
        for (DateTimeFormatter f :
            new DateTimeFormatter[] {DateTimeFormatter.ISO_LOCAL_DATE, DateTimeFormatter.ISO_OFFSET_DATE_TIME,
                DateTimeFormatter.ISO_WEEK_DATE, DateTimeFormatter.ISO_ORDINAL_DATE,
                DateTimeFormatter.RFC_1123_DATE_TIME, DateTimeFormatter.BASIC_ISO_DATE, DateTimeFormatter.ISO_INSTANT})
            System.out.print(f.format(z) + " ");
        System.out.println(DateTimeFormatter.ofLocalizedDate(FormatStyle.LONG).withLocale(Locale.US).format(z));
        t(() -> LocalDate.parse("04/07/21", DateTimeFormatter.ofPattern("dd/MM/yy")));
        t(()
                -> LocalDate.parse(
                    "31/02/2021", DateTimeFormatter.ofPattern("dd/MM/uuuu").withResolverStyle(ResolverStyle.STRICT)));
        t(()
                -> LocalDate.parse(
                    "31/02/2021", DateTimeFormatter.ofPattern("dd/MM/uuuu").withResolverStyle(ResolverStyle.LENIENT)));
        t(() -> LocalDate.parse("Jul 4 2021", DateTimeFormatter.ofPattern("MMM d yyyy", Locale.US)));
        t(() -> LocalDate.parse("xx", DateTimeFormatter.ofPattern("MMM")));
        t(() -> DateTimeFormatter.ofPattern("b"));
        t(() -> DateTimeFormatter.ofPattern("HH").format(LocalDate.EPOCH));
        t(()
                -> new DateTimeFormatterBuilder()
                    .parseCaseInsensitive()
                    .appendPattern("uuuu")
                    .appendLiteral('/')
                    .appendValue(ChronoField.MONTH_OF_YEAR, 2)
                    .optionalStart()
                    .appendPattern("/dd")
                    .optionalEnd()
                    .parseDefaulting(ChronoField.DAY_OF_MONTH, 1)
                    .toFormatter()
                    .parse("2020/05", LocalDate::from));
        t(() -> DateTimeFormatter.ISO_DATE_TIME.parse("2020-01-01T00:00:00Z").getLong(ChronoField.INSTANT_SECONDS));
        t(() -> DateTimeFormatter.ofPattern("hh:mm a", Locale.US).parse("03:15 PM").get(ChronoField.HOUR_OF_DAY));
        t(()
                -> JapaneseDate.of(2020, 1, 1) + " " + ThaiBuddhistDate.of(2563, 1, 1) + " "
                + HijrahDate.from(LocalDate.of(2020, 1, 1)) + " " + MinguoDate.from(LocalDate.of(2020, 1, 1)) + " "
                + IsoChronology.INSTANCE.isLeapYear(1900) + " " + Chronology.of("Japanese").getId());
        t(()
                -> WeekFields.of(Locale.US).getFirstDayOfWeek() + " " + z.get(WeekFields.ISO.weekOfYear()) + " "
                + z.truncatedTo(ChronoUnit.MINUTES) + " " + z.with(ChronoField.NANO_OF_DAY, 0) + " "
                + z.toLocalDate().range(ChronoField.DAY_OF_MONTH) + " " + ChronoUnit.MONTHS.between(z, z.plusYears(2))
                + " " + JulianFields.JULIAN_DAY.getFrom(z));
        System.out.println(Date.from(z.toInstant()).getTime());
    }
}
