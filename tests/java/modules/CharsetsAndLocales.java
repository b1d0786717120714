// slow
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.text.Collator;
import java.text.DateFormatSymbols;
import java.text.MessageFormat;
import java.text.NumberFormat;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.chrono.HijrahDate;
import java.time.chrono.JapaneseDate;
import java.time.chrono.ThaiBuddhistDate;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.time.format.TextStyle;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Currency;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;

/** jdk.charsets and jdk.localedata: encodings beyond java.base's, words and numbers of many places. */
public class CharsetsAndLocales {
    public static void main(String[] args) throws Exception {
        String text = "A\u00e9\u03a9\u0416\u4e2d\u65e5\uac00\u0e01\u20ac";
        for (String name : List.of("GB18030", "Big5", "Big5-HKSCS", "EUC-JP", "Shift_JIS", "ISO-2022-JP", "EUC-KR", "GBK",
                "x-windows-949", "IBM1047", "IBM037", "TIS-620", "KOI8-R", "x-MacRoman", "ISO-2022-KR", "x-EUC-TW",
                "windows-1255", "x-ISCII91", "UTF-32LE", "IBM930", "x-COMPOUND_TEXT")) {
            if (!Charset.isSupported(name)) {
                System.out.println(name + " is not supported");
                continue;
            }
            Charset charset = Charset.forName(name);
            byte[] bytes = text.getBytes(charset);
            String back = new String(bytes, charset);
            CharsetEncoder encoder = charset.canEncode() ? charset.newEncoder() : null;
            System.out.println(charset.name() + " " + HexFormat.of().formatHex(bytes) + " " + back.length() + " "
                    + (encoder != null && encoder.canEncode('\u4e2d')) + " " + charset.aliases().size()
                    + " " + charset.decode(ByteBuffer.wrap(new byte[] {(byte) 0xa4, (byte) 0xa2, 0x41})).length());
        }
        LocalDate date = LocalDate.of(2024, 2, 29);
        for (String tag : List.of("de-DE", "fr-CA", "ja-JP", "ar-EG", "hi-IN", "ru-RU", "th-TH", "tr-TR", "zh-Hant-TW",
                "he-IL", "pl-PL", "sv-SE")) {
            Locale locale = Locale.forLanguageTag(tag);
            System.out.println(tag + " " + NumberFormat.getInstance(locale).format(1234567.891) + " "
                    + DayOfWeek.MONDAY.getDisplayName(TextStyle.FULL, locale) + " "
                    + DateTimeFormatter.ofLocalizedDate(FormatStyle.LONG).withLocale(locale).format(date) + " "
                    + locale.getDisplayLanguage(locale) + " " + Calendar.getInstance(locale).getFirstDayOfWeek() + " "
                    + DateFormatSymbols.getInstance(locale).getMonths()[4]);
        }
        System.out.println(Currency.getInstance("JPY").getSymbol(Locale.JAPAN) + " "
                + Currency.getInstance(Locale.forLanguageTag("pl-PL")).getDisplayName(Locale.GERMAN));
        String[] words = {"zebra", "\u00e4pfel", "apfel", "\u00f6l", "ol", "Zoo"};
        for (String tag : List.of("de", "sv", "en")) {
            String[] sorted = words.clone();
            Arrays.sort(sorted, Collator.getInstance(Locale.forLanguageTag(tag)));
            System.out.println(tag + " " + Arrays.toString(sorted));
        }
        System.out.println(ThaiBuddhistDate.from(date) + " " + JapaneseDate.from(date) + " " + HijrahDate.from(date));
        System.out.println("TITLE".toLowerCase(Locale.forLanguageTag("tr")) + " "
                + new MessageFormat("{0,number,percent} {1}", Locale.FRANCE).format(new Object[] {0.25, "x"}) + " "
                + TimeZone.getTimeZone("Europe/Paris").getDisplayName(false, TimeZone.LONG, Locale.forLanguageTag("es")));
    }
}
