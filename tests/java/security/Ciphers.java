import java.security.*;
import java.util.*;
import javax.crypto.*;
import javax.crypto.spec.*;

/** AES in several modes, DES, ChaCha20, RC4, key wrapping, padding and tag failures. */
public class Ciphers {
    static String hex(byte[] b) { return HexFormat.of().formatHex(b); }
    public static void main(String[] args) throws Exception {
        byte[] k = new byte[16], iv = new byte[16], pt = "sixteen byte msg and then some more text".getBytes();
        for (int i = 0; i < 16; i++) {
            k[i] = (byte) i;
            iv[i] = (byte) (i * 3);
        }
        SecretKeySpec key = new SecretKeySpec(k, "AES");
        for (String m : new String[] {"AES/ECB/PKCS5Padding", "AES/CBC/PKCS5Padding", "AES/CTR/NoPadding",
                 "AES/CFB8/NoPadding", "AES/OFB/NoPadding", "AES/CFB/NoPadding"}) {
            Cipher c = Cipher.getInstance(m);
            if (m.contains("ECB"))
                c.init(Cipher.ENCRYPT_MODE, key);
            else
                c.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(iv));
            byte[] ct = c.doFinal(pt);
            if (m.contains("ECB"))
                c.init(Cipher.DECRYPT_MODE, key);
            else
                c.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(iv));
            System.out.println(m + " " + hex(ct) + " " + Arrays.equals(c.doFinal(ct), pt) + " " + c.getBlockSize());
        }
        Cipher g = Cipher.getInstance("AES/GCM/NoPadding");
        byte[] n12 = Arrays.copyOf(iv, 12);
        g.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, n12));
        g.updateAAD("header".getBytes());
        byte[] ct = g.doFinal(pt);
        System.out.println(hex(ct));
        g.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, n12));
        g.updateAAD("header".getBytes());
        System.out.println(new String(g.doFinal(ct)));
        ct[3] ^= 1;
        g.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, n12));
        g.updateAAD("header".getBytes());
        try {
            g.doFinal(ct);
        } catch (AEADBadTagException e) { System.out.println(e.getMessage()); }
        Cipher cc = Cipher.getInstance("ChaCha20-Poly1305");
        cc.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(new byte[32], "ChaCha20"), new IvParameterSpec(n12));
        System.out.println(hex(cc.doFinal(pt)));
        Cipher des = Cipher.getInstance("DESede/CBC/PKCS5Padding");
        byte[] k24 = new byte[24];
        for (int i = 0; i < 24; i++) k24[i] = (byte) (i * 7 + 1);
        des.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(k24, "DESede"), new IvParameterSpec(new byte[8]));
        System.out.println(hex(des.doFinal(pt)));
        Cipher w = Cipher.getInstance("AESWrap");
        w.init(Cipher.WRAP_MODE, key);
        byte[] wr = w.wrap(new SecretKeySpec(new byte[16], "AES"));
        w.init(Cipher.UNWRAP_MODE, key);
        System.out.println(hex(wr) + " " + hex(w.unwrap(wr, "AES", Cipher.SECRET_KEY).getEncoded()));
        Cipher b = Cipher.getInstance("AES/CBC/PKCS5Padding");
        b.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(iv));
        try {
            b.doFinal(new byte[17]);
        } catch (IllegalBlockSizeException e) { System.out.println(e.getMessage()); }
        b.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(iv));
        try {
            b.doFinal(new byte[16]);
        } catch (BadPaddingException e) { System.out.println("BadPadding"); }
        try {
            b.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(new byte[5], "AES"));
        } catch (InvalidKeyException e) { System.out.println(e.getMessage()); }
        try {
            Cipher.getInstance("NOPE/X/Y");
        } catch (NoSuchAlgorithmException e) { System.out.println(e.getMessage()); }
        KeyGenerator kg = KeyGenerator.getInstance("AES");
        kg.init(256);
        System.out.println(kg.generateKey().getEncoded().length);
        Cipher up = Cipher.getInstance("AES/CBC/PKCS5Padding");
        up.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(iv));
        java.io.ByteArrayOutputStream o = new java.io.ByteArrayOutputStream();
        for (int i = 0; i < pt.length; i += 7) {
            byte[] part = up.update(pt, i, Math.min(7, pt.length - i));
            if (part != null) o.write(part);
        }
        o.write(up.doFinal());
        System.out.println(hex(o.toByteArray()).substring(0, 32) + " " + up.getOutputSize(5) + " " + up.getAlgorithm());
        java.io.ByteArrayOutputStream co = new java.io.ByteArrayOutputStream();
        up.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(iv));
        try (CipherOutputStream cs = new CipherOutputStream(co, up)) {
            cs.write(pt);
        }
        System.out.println(co.size());
        byte[] bulk = new byte[50000];
        up.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(iv));
        System.out.println(Arrays.hashCode(up.doFinal(bulk)));
    }
}
