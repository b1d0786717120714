import java.nio.*;
import java.nio.charset.*;
import java.util.*;

/** Encoding and decoding in several charsets, malformed input, replacement and reporting. */
public class Charsets {
    static String hex(byte[] b) {
        StringBuilder s = new StringBuilder();
        for (byte x : b) s.append(String.format("%02x", x));
        return s.toString();
    }
    public static void main(String[] args) throws Exception {
        String[] texts = {"plain", "caf\u00e9", "\u20ac100", "\u4e2d\u6587", "\ud83d\ude00", "\ud83d broken",
            "mix \u00e9\u4e2d\ud83d\ude00"};
        for (String cs : new String[] {"US-ASCII", "ISO-8859-1", "UTF-8", "UTF-16", "UTF-16BE", "UTF-16LE", "UTF-32",
                 "windows-1252", "ISO-8859-15", "IBM437", "KOI8-R"}) {
            Charset c = Charset.forName(cs);
            for (String t : texts) {
                byte[] b = t.getBytes(c);
                System.out.print(hex(b) + (new String(b, c).equals(t) ? "= " : "! "));
            }
            System.out.println(c.name() + " " + c.newEncoder().maxBytesPerChar() + " " + c.canEncode());
        }
        byte[][] bad = {{(byte) 0xc3}, {(byte) 0xc3, 0x28}, {(byte) 0xe2, (byte) 0x82},
            {(byte) 0xf0, (byte) 0x9f, (byte) 0x98, (byte) 0x80}, {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
            {(byte) 0xc0, (byte) 0x80}, {(byte) 0xff, 'a'}, {'a', (byte) 0x80, 'b'}, {(byte) 0xf8, (byte) 0x88, 'x'},
            {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80}};
        for (byte[] b : bad) {
            StringBuilder s = new StringBuilder();
            for (char ch : new String(b, StandardCharsets.UTF_8).toCharArray())
                s.append(Integer.toHexString(ch)).append(' ');
            System.out.print(s + "| ");
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(b));
                System.out.print("ok; ");
            } catch (CharacterCodingException e) {
                System.out.print(e.getClass().getSimpleName() + " " + e.getMessage() + "; ");
            }
        }
        System.out.println();
        try {
            StandardCharsets.US_ASCII.newEncoder().encode(CharBuffer.wrap("a\u00e9"));
        } catch (CharacterCodingException e) { System.out.println(e); }
        System.out.println(hex(StandardCharsets.US_ASCII.newEncoder()
                .replaceWith(new byte[] {'*'})
                .onUnmappableCharacter(CodingErrorAction.REPLACE)
                .encode(CharBuffer.wrap("a\u00e9b"))
                .array()));
        CharsetDecoder d = StandardCharsets.UTF_8.newDecoder();
        CharBuffer out = CharBuffer.allocate(3);
        ByteBuffer in = ByteBuffer.wrap("a\u00e9\u4e2dxyz".getBytes("UTF-8"));
        System.out.print(d.decode(in, out, false) + " ");
        out.flip();
        System.out.print(out + " ");
        out.clear();
        System.out.print(d.decode(in, out, true) + " " + d.flush(out) + " ");
        out.flip();
        System.out.println(out);
        try {
            Charset.forName("no-such");
        } catch (UnsupportedCharsetException e) { System.out.println(e.getMessage()); }
        try {
            "x".getBytes("bogus");
        } catch (java.io.UnsupportedEncodingException e) { System.out.println(e.getMessage()); }
        try {
            Charset.forName("bad name");
        } catch (IllegalCharsetNameException e) { System.out.println(e.getMessage()); }
        System.out.println(Charset.forName("latin1") + " " + Charset.forName("utf8").aliases().contains("UTF8") + " "
            + Charset.isSupported("UTF-8") + " " + Charset.forName("UTF-8").contains(StandardCharsets.US_ASCII) + " "
            + StandardCharsets.UTF_8.newEncoder().canEncode('\ud800') + " " + Charset.defaultCharset());
        byte[] sj = "\u65e5\u672c".getBytes("Shift_JIS");
        System.out.println(hex(sj) + " " + new String(sj, "Shift_JIS").equals("\u65e5\u672c") + " "
            + hex("\u65e5".getBytes("EUC-JP")) + " " + hex("\u4e2d".getBytes("GBK")) + " "
            + hex("\u4e2d".getBytes("Big5")) + " " + hex("\ud55c".getBytes("EUC-KR")));
        StringBuilder big = new StringBuilder();
        for (int i = 0; i < 3000; i++) big.append((char) (i * 7 % 0xd000));
        byte[] u8 = big.toString().getBytes("UTF-8");
        System.out.println(u8.length + " " + Arrays.hashCode(u8) + " " + new String(u8, "UTF-8").contentEquals(big)
            + " " + new String("ascii only".repeat(100).getBytes("UTF-8"), "UTF-8").hashCode());
    }
}
