import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What compiled code has functions for on strings and arrays: searches, comparisons, conversions and hashes, at all short
 * lengths and places, with chars of both kinds, and out of range.
 */
public class TextInCode {
    static long sum;

    static void note(long value) {
        sum = sum * 1000003 + value;
    }

    static String text(int length, char fill) {
        char[] chars = new char[length];
        Arrays.fill(chars, fill);
        return new String(chars);
    }

    static String with(String text, int at, char other) {
        StringBuilder b = new StringBuilder(text);
        b.setCharAt(at, other);
        return b.toString();
    }

    static void searches(char fill, char other) {
        for (int length = 0; length <= 70; length += length < 36 ? 1 : 6) {
            String plain = text(length, fill);
            note(plain.indexOf(other));
            note(plain.indexOf(fill, length - 1));
            note(plain.hashCode());
            for (int at = 0; at < length; at++) {
                String one = with(plain, at, other);
                note(one.indexOf(other));
                note(one.indexOf(other, at));
                note(one.indexOf(other, at + 1));
                note(one.indexOf(fill, at));
                note(one.hashCode());
                note(one.compareTo(plain));
                note(plain.compareTo(one));
                note(one.equals(plain) ? 1 : 0);
                note(one.compareTo(plain.substring(at)));
                for (int size = 0; size < 5 && at + size <= length; size++) {
                    String part = one.substring(at, at + size);
                    note(one.indexOf(part));
                    note(one.indexOf(part, at));
                    note(one.indexOf(part, at + 1));
                    note(plain.indexOf(part));
                    note(one.contains(part + fill) ? 1 : 0);
                }
            }
        }
    }

    static void conversions(char fill, char other) throws Exception {
        for (int length = 0; length <= 70; length += length < 36 ? 1 : 3) {
            for (int at = -1; at < length; at += 3) {
                char[] chars = new char[length];
                Arrays.fill(chars, fill);
                if (at >= 0) {
                    chars[at] = other;
                }
                String text = new String(chars);
                note(text.hashCode());
                note(new String(chars, length / 3, length / 2).hashCode());
                note(Arrays.hashCode(text.toCharArray()));
                note(Arrays.hashCode(text.getBytes(StandardCharsets.ISO_8859_1)));
                note(Arrays.hashCode(text.getBytes(StandardCharsets.US_ASCII)));
                byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
                note(Arrays.hashCode(utf8));
                note(new String(utf8, StandardCharsets.UTF_8).compareTo(text));
                note(new String(utf8, StandardCharsets.ISO_8859_1).hashCode());
                note(new StringBuilder(text).append('\u1234').append(text).append('z').toString().hashCode());
                note(new StringBuilder().append(chars).insert(length / 2, "\u00e9").reverse().toString().hashCode());
                char[] target = new char[length + 5];
                text.getChars(0, length, target, 3);
                note(Arrays.hashCode(target));
                String bytesOnly = text(length, 'q');
                bytesOnly.getChars(length / 4, length, target, 1);
                note(Arrays.hashCode(target));
                note(text.concat("\u20ac").substring(0, length).equals(text) ? 1 : 0);
                note(text.replace(fill, 'Z').indexOf(other));
                note(text.toUpperCase().hashCode() + text.trim().length() + text.strip().length());
            }
        }
    }

    static void encoders(char fill, char other) {
        CharsetEncoder[] encoders = {
            StandardCharsets.ISO_8859_1.newEncoder(), StandardCharsets.US_ASCII.newEncoder(), StandardCharsets.UTF_8.newEncoder()
        };
        for (int length = 0; length <= 70; length += 7) {
            for (int at = -1; at < length; at++) {
                char[] chars = new char[length];
                Arrays.fill(chars, fill);
                if (at >= 0) {
                    chars[at] = other;
                }
                for (CharsetEncoder encoder : encoders) {
                    encoder.reset();
                    CharBuffer in = CharBuffer.wrap(chars);
                    ByteBuffer out = ByteBuffer.allocate(60);
                    CoderResult result = encoder.encode(in, out, true);
                    note(in.position());
                    note(out.position());
                    note(result.toString().hashCode());
                    note(Arrays.hashCode(out.array()));
                }
            }
        }
    }

    static void ranges() {
        for (int length = 0; length <= 70; length++) {
            byte[] bytes = new byte[length];
            char[] chars = new char[length];
            short[] shorts = new short[length];
            int[] ints = new int[length];
            long[] longs = new long[length];
            boolean[] booleans = new boolean[length];
            double[] doubles = new double[length];
            for (int i = 0; i < length; i++) {
                bytes[i] = (byte) (i * 37);
                chars[i] = (char) (i * 3777);
                shorts[i] = (short) (i * 3777);
                ints[i] = i * 123456789;
                longs[i] = i * 123456789123L;
                doubles[i] = i / 3.0;
            }
            note(Arrays.hashCode(bytes) + Arrays.hashCode(chars) + Arrays.hashCode(shorts));
            note(Arrays.hashCode(ints) + Arrays.hashCode(longs) + Arrays.hashCode(booleans) + Arrays.hashCode(doubles));
            for (int at = 0; at < length; at++) {
                byte[] otherBytes = bytes.clone();
                otherBytes[at]++;
                char[] otherChars = chars.clone();
                otherChars[at]++;
                int[] otherInts = ints.clone();
                otherInts[at]++;
                long[] otherLongs = Arrays.copyOf(longs, length);
                otherLongs[at]++;
                double[] otherDoubles = doubles.clone();
                otherDoubles[at] = at % 2 == 0 ? Double.NaN : -0.0;
                note(Arrays.mismatch(bytes, otherBytes));
                note(Arrays.mismatch(chars, otherChars));
                note(Arrays.mismatch(ints, otherInts));
                note(Arrays.mismatch(longs, otherLongs));
                note(Arrays.mismatch(doubles, otherDoubles));
                note(Arrays.compare(bytes, otherBytes));
                note(Arrays.mismatch(bytes, at, length, otherBytes, 0, length - at));
                note(Arrays.equals(chars, 0, at, otherChars, 0, at) ? 1 : 0);
                note(Arrays.equals(shorts, at, length, shorts, at, length) ? 1 : 0);
                note(ByteBuffer.wrap(bytes).mismatch(ByteBuffer.wrap(otherBytes)));
                note(Arrays.compareUnsigned(ints, otherInts));
            }
        }
    }

    static String thrown(Runnable action) {
        try {
            action.run();
            return "none";
        } catch (NullPointerException e) {
            return "null";
        } catch (RuntimeException e) {
            return e.toString();
        }
    }

    static void outOfRange(boolean print) {
        String[] texts = {"latin", "\u03b1\u03b2\u03b3\u03b4\u03b5", ""};
        String no = null;
        for (String text : texts) {
            String[] results = {
                thrown(() -> text.charAt(text.length())),
                thrown(() -> text.charAt(-1)),
                thrown(() -> text.substring(2, 1)),
                thrown(() -> text.substring(7)),
                thrown(() -> text.getChars(0, 6, new char[9], 0)),
                thrown(() -> text.getChars(1, text.length(), new char[2], 0)),
                thrown(() -> text.getChars(0, text.length(), new char[5], 1)),
                thrown(() -> text.getChars(3, 1, new char[5], 1)),
                thrown(() -> text.getChars(0, text.length(), null, 1)),
                thrown(() -> new StringBuilder(text).append("abc", 2, 5)),
                thrown(() -> new StringBuilder(text).insert(9, "x")),
                thrown(() -> new StringBuilder(text).setCharAt(5, 'x')),
                thrown(() -> new StringBuilder(text).indexOf(no)),
                thrown(() -> text.indexOf(no)),
                thrown(() -> text.compareTo(no)),
                thrown(() -> new String(new char[3], 1, 3)),
                thrown(() -> new String(new byte[3], -1, 3, StandardCharsets.ISO_8859_1)),
                thrown(() -> new String(new byte[3], 1, 3, StandardCharsets.UTF_8)),
                thrown(() -> Arrays.mismatch(new byte[9], 0, 10, new byte[9], 0, 9)),
                thrown(() -> note(text.indexOf("a", -5) + text.indexOf("a", 99) + text.indexOf('t', -5) + text.indexOf("", 99))),
            };
            for (String result : results) {
                note(result.hashCode());
                if (print) {
                    System.out.println(result);
                }
            }
        }
    }

    static void large() {
        String a = "a".repeat(1_500_000), b = a + "b", c = a + "\u03b1";
        note(b.indexOf('b'));
        note(b.indexOf("ab"));
        note(b.indexOf("aab"));
        note(c.indexOf('\u03b1'));
        note(c.indexOf("a\u03b1"));
        note(b.compareTo(c));
        note(c.compareTo(b));
        note(a.compareTo(b));
        note(c.compareTo(a));
        note(b.hashCode());
        note(c.hashCode());
        note(b.substring(1_490_000).indexOf("a".repeat(200) + "b"));
        note(c.toCharArray().length);
        note(Arrays.hashCode(b.getBytes(StandardCharsets.ISO_8859_1)));
        note(Arrays.hashCode(c.getBytes(StandardCharsets.UTF_8)));
        byte[] bytes = new byte[2_000_000], other = bytes.clone();
        other[1_999_999] = 1;
        note(Arrays.mismatch(bytes, other));
        note(Arrays.hashCode(other));
        note(new String(other, StandardCharsets.ISO_8859_1).hashCode());
    }

    public static void main(String[] args) throws Exception {
        char[][] pairs = {
            {'a', 'b'}, {'a', '\u00ff'}, {'\u00e9', '\u03b1'}, {'\u03b1', 'x'}, {'\u4e00', '\u4e01'}, {'a', '\ud83d'}, {'\ud83d', '\ude00'}
        };
        for (char[] pair : pairs) {
            searches(pair[0], pair[1]);
            System.out.println(sum);
            conversions(pair[0], pair[1]);
            System.out.println(sum);
            encoders(pair[0], pair[1]);
            System.out.println(sum);
        }
        ranges();
        System.out.println(sum);
        for (int i = 0; i < 300; i++) {
            outOfRange(false);
        }
        outOfRange(true);
        large();
        System.out.println(sum);
    }
}
