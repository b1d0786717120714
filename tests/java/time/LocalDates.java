import java.time.*;
import java.time.format.*;
import java.time.temporal.*;
import java.util.*;

/** LocalDate, LocalTime, LocalDateTime, Period, Duration, Year, YearMonth arithmetic and errors. */
public class LocalDates {
    interface R {
        Object run();
    }
    static void t(R r) {
        try {
            System.out.println(r.run());
        } catch (RuntimeException e) { System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage()); }
    }
    public static void main(String[] args) {
        LocalDate d = LocalDate.of(2020, 2, 29);
        t(()
                -> d.plusYears(1) + " " + d.minusMonths(12) + " " + d.plusDays(366) + " " + d.withDayOfYear(60) + " "
                + d.getDayOfWeek() + " " + d.isLeapYear() + " " + d.lengthOfMonth() + " " + d.toEpochDay() + " "
                + d.with(TemporalAdjusters.firstInMonth(DayOfWeek.MONDAY)) + " "
                + d.with(TemporalAdjusters.next(DayOfWeek.SATURDAY)) + " " + d.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR)
                + " " + d.get(ChronoField.ALIGNED_WEEK_OF_YEAR) + " " + d.atStartOfDay() + " "
                + d.until(LocalDate.of(2021, 4, 1)) + " " + ChronoUnit.DAYS.between(d, LocalDate.of(2021, 4, 1)) + " "
                + d.hashCode() + " " + d.compareTo(LocalDate.MIN) + " " + d.query(TemporalQueries.precision()));
        t(() -> LocalDate.of(2021, 2, 29));
        t(() -> LocalDate.of(2021, 13, 1));
        t(() -> LocalDate.parse("2021-1-1"));
        t(() -> LocalDate.parse("2021-02-30"));
        t(() -> LocalDate.MAX.plusDays(1));
        t(() -> d.get(ChronoField.HOUR_OF_DAY));
        t(()
                -> LocalDate.ofYearDay(2020, 366) + " " + LocalDate.ofEpochDay(-1) + " "
                + LocalDate.parse("+12345-06-07") + " " + LocalDate.parse("-0001-01-01").getYear());
        LocalTime lt = LocalTime.of(23, 59, 59, 999_000_000);
        t(()
                -> lt.plusNanos(1_000_000) + " " + lt.truncatedTo(ChronoUnit.HOURS) + " " + lt.toSecondOfDay() + " "
                + LocalTime.parse("10:15") + " " + LocalTime.MIDNIGHT + LocalTime.NOON + " " + lt.minusHours(48) + " "
                + LocalTime.of(1, 2).format(DateTimeFormatter.ISO_TIME) + " "
                + lt.until(LocalTime.NOON, ChronoUnit.MINUTES));
        t(() -> LocalTime.of(24, 0));
        t(() -> LocalTime.parse("25:00"));
        LocalDateTime dt = LocalDateTime.of(2019, 12, 31, 23, 30);
        t(()
                -> dt.plusHours(1) + " " + dt.plusMinutes(-1e3 > 0 ? 1 : 45) + " "
                + dt.toEpochSecond(ZoneOffset.ofHours(2)) + " " + dt.isAfter(dt.minusNanos(1)) + " "
                + dt.withHour(3).withNano(5) + " " + LocalDateTime.parse("2020-01-01T00:00:00.123456789") + " "
                + LocalDateTime.ofEpochSecond(0, 5, ZoneOffset.UTC));
        t(()
                -> Duration.ofSeconds(90061, 5) + " " + Duration.parse("PT-1.5S") + " " + Duration.ofMillis(-1) + " "
                + Duration.between(dt, dt.plusDays(2)).toHours() + " " + Duration.ofHours(25).toDaysPart()
                + Duration.ofMinutes(90).dividedBy(4) + Duration.ZERO
                + Duration.ofSeconds(5).compareTo(Duration.ofMillis(5001)) + Duration.ofNanos(Long.MAX_VALUE)
                + Duration.ofSeconds(-1, 1).abs());
        t(()
                -> Period.of(1, 14, 40).normalized() + " " + Period.parse("P1Y2M3W4D") + " "
                + Period.between(LocalDate.of(2020, 1, 31), LocalDate.of(2020, 3, 1)) + " "
                + Period.ofDays(5).negated().multipliedBy(3) + " " + Period.ZERO.isZero() + d.plus(Period.ofMonths(1)));
        t(() -> Duration.parse("1H"));
        t(() -> Duration.ofSeconds(Long.MAX_VALUE).plusSeconds(1));
        t(()
                -> Year.of(2000).isLeap() + " " + YearMonth.of(2021, 2).atEndOfMonth() + " "
                + MonthDay.of(2, 29).atYear(2021) + " " + Month.JANUARY.minus(1) + DayOfWeek.SUNDAY.plus(1)
                + Month.FEBRUARY.length(true) + " " + Year.parse("2020").atDay(100) + " "
                + YearMonth.parse("2020-05").plusMonths(20) + Month.MARCH.getDisplayName(TextStyle.SHORT, Locale.US)
                + DayOfWeek.from(d));
        t(() -> d.datesUntil(d.plusDays(40), Period.ofWeeks(2)).toList());
        t(()
                -> Instant.ofEpochSecond(1234567890, 5) + " " + Instant.EPOCH.minusMillis(1) + " "
                + Instant.parse("2020-01-01T00:00:00Z").toEpochMilli() + " " + Instant.MAX + " "
                + Instant.ofEpochMilli(-5).getNano() + " "
                + Instant.EPOCH.plus(1, ChronoUnit.DAYS).truncatedTo(ChronoUnit.DAYS));
        t(() -> Instant.EPOCH.plus(1, ChronoUnit.MONTHS));
        long h = 0;
        LocalDate x = LocalDate.of(1900, 1, 1);
        for (int i = 0; i < 3000; i++) {
            x = x.plusDays(i % 40);
            h = h * 31 + x.getDayOfYear() + x.getMonthValue() * 100;
        }
        System.out.println(h + " " + x);
        System.out.println(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC).instant() + " "
            + LocalDate.now(Clock.fixed(Instant.EPOCH, ZoneId.of("UTC"))) + " "
            + Clock.offset(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC), Duration.ofDays(1)).millis());
    }
}
