import java.security.*;
import java.util.*;
import javax.crypto.*;
import javax.crypto.spec.*;

/** MessageDigest, Mac, PBKDF2, HexFormat, Base64. */
public class Digests {
    static String hex(byte[] b) { return HexFormat.of().formatHex(b); }
    public static void main(String[] args) throws Exception {
        byte[] msg = "The quick brown fox jumps over the lazy dog".getBytes(), big = new byte[10000];
        for (int i = 0; i < big.length; i++) big[i] = (byte) (i * 31);
        for (String a :
            "MD2 MD5 SHA-1 SHA-224 SHA-256 SHA-384 SHA-512 SHA-512/256 SHA3-224 SHA3-256 SHA3-512".split(" ")) {
            MessageDigest d = MessageDigest.getInstance(a);
            System.out.println(a + " " + d.getDigestLength() + " " + hex(d.digest()) + " " + hex(d.digest(msg)) + " "
                + hex(d.digest(big)).substring(0, 16));
            d.update(msg, 0, 10);
            MessageDigest c = (MessageDigest) d.clone();
            d.update(msg, 10, msg.length - 10);
            c.update(java.nio.ByteBuffer.wrap(msg, 10, msg.length - 10));
            System.out.println(MessageDigest.isEqual(d.digest(), c.digest()));
        }
        for (String a : "HmacMD5 HmacSHA1 HmacSHA256 HmacSHA512".split(" ")) {
            Mac m = Mac.getInstance(a);
            m.init(new SecretKeySpec("key".getBytes(), a));
            System.out.println(a + " " + hex(m.doFinal(msg)) + " " + m.getMacLength());
        }
        SecretKeyFactory f = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256");
        System.out.println(
            hex(f.generateSecret(new PBEKeySpec("password".toCharArray(), "salt".getBytes(), 50, 256)).getEncoded()));
        try {
            MessageDigest.getInstance("NOPE");
        } catch (NoSuchAlgorithmException e) { System.out.println(e.getMessage()); }
        try {
            Mac.getInstance("HmacSHA256").doFinal();
        } catch (IllegalStateException e) { System.out.println(e.getMessage()); }
        for (int n = 0; n < 6; n++) {
            byte[] b = Arrays.copyOf(big, n);
            String e = Base64.getEncoder().encodeToString(b);
            System.out.print(e + " " + Base64.getUrlEncoder().withoutPadding().encodeToString(b) + " "
                + Arrays.equals(Base64.getDecoder().decode(e), b) + "; ");
        }
        System.out.println();
        System.out.println(Base64.getMimeEncoder().encodeToString(Arrays.copyOf(big, 100)).replace("\r\n", "|") + " "
            + Base64.getUrlEncoder().encodeToString(new byte[] {-1, -2, -5}) + " "
            + new String(Base64.getMimeDecoder().decode("aGVs\r\nbG8=")));
        for (String bad : new String[] {"a", "ab=c", "a*b=", "====", "YQ=", "YWI"}) try {
                System.out.print(Base64.getDecoder().decode(bad).length + " ");
            } catch (IllegalArgumentException e) { System.out.print("[" + e.getMessage() + "] "); }
        System.out.println();
        System.out.println(
            hex(Base64.getEncoder().wrap(new java.io.ByteArrayOutputStream()).toString().substring(0, 0).getBytes())
            + HexFormat.ofDelimiter(":").withUpperCase().formatHex(new byte[] {1, -1}) + " "
            + Arrays.toString(HexFormat.of().parseHex("0aff")) + HexFormat.fromHexDigits("7f"));
        java.io.ByteArrayOutputStream o = new java.io.ByteArrayOutputStream();
        DigestOutputStream dos = new DigestOutputStream(o, MessageDigest.getInstance("SHA-256"));
        dos.write(msg);
        System.out.println(hex(dos.getMessageDigest().digest()).substring(0, 8));
    }
}
