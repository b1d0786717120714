import java.math.*;
import java.security.*;
import java.security.interfaces.*;
import java.security.spec.*;
import java.util.*;
import javax.crypto.*;

/** RSA, EC, Ed25519, key agreement, key encodings, SecureRandom, providers, key stores. */
public class KeysAndSignatures {
    public static void main(String[] args) throws Exception {
        byte[] msg = "signed text".getBytes();
        KeyPairGenerator g = KeyPairGenerator.getInstance("RSA");
        g.initialize(1024);
        KeyPair kp = g.generateKeyPair();
        for (String a : new String[] {"SHA256withRSA", "SHA1withRSA"}) {
            Signature s = Signature.getInstance(a);
            s.initSign(kp.getPrivate());
            s.update(msg);
            byte[] sig = s.sign();
            s.initVerify(kp.getPublic());
            s.update(msg);
            boolean ok = s.verify(sig);
            s.initVerify(kp.getPublic());
            s.update("other".getBytes());
            System.out.println(a + " " + sig.length + " " + ok + " " + s.verify(sig));
        }
        BigInteger n = new BigInteger("3233"), e = BigInteger.valueOf(17);
        RSAPublicKey pub = (RSAPublicKey) kp.getPublic();
        System.out.println(pub.getPublicExponent() + " " + pub.getModulus().bitLength() + " " + pub.getFormat() + " "
            + kp.getPrivate().getFormat() + " "
            + KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(pub.getEncoded())).equals(pub) + " "
            + KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(kp.getPrivate().getEncoded()))
                .equals(kp.getPrivate()));
        Cipher c = Cipher.getInstance("RSA/ECB/PKCS1Padding");
        c.init(Cipher.ENCRYPT_MODE, pub);
        byte[] ct = c.doFinal(msg);
        c.init(Cipher.DECRYPT_MODE, kp.getPrivate());
        System.out.println(ct.length + " " + new String(c.doFinal(ct)));
        KeyFactory kf = KeyFactory.getInstance("RSA");
        BigInteger p = new BigInteger("170141183460469231731687303715884105727"),
                   q = BigInteger.TWO.pow(521).subtract(BigInteger.ONE), mod = p.multiply(q),
                   ee = BigInteger.valueOf(65537),
                   d = ee.modInverse(p.subtract(BigInteger.ONE).multiply(q.subtract(BigInteger.ONE)));
        PrivateKey fixed = kf.generatePrivate(new RSAPrivateKeySpec(mod, d));
        PublicKey fixedPub = kf.generatePublic(new RSAPublicKeySpec(mod, ee));
        Signature fs = Signature.getInstance("SHA256withRSA");
        fs.initSign(fixed);
        fs.update(msg);
        byte[] fsig = fs.sign();
        System.out.println(HexFormat.of().formatHex(fsig));
        fs.initVerify(fixedPub);
        fs.update(msg);
        System.out.println(fs.verify(fsig));
        KeyPairGenerator eg = KeyPairGenerator.getInstance("EC");
        eg.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair ek = eg.generateKeyPair(), ek2 = eg.generateKeyPair();
        Signature es = Signature.getInstance("SHA256withECDSA");
        es.initSign(ek.getPrivate());
        es.update(msg);
        byte[] esig = es.sign();
        es.initVerify(ek.getPublic());
        es.update(msg);
        System.out.println(es.verify(esig) + " " + ((ECPublicKey) ek.getPublic()).getParams().getOrder().bitLength());
        byte[][] sec = new byte[2][];
        for (int i = 0; i < 2; i++) {
            KeyAgreement ka = KeyAgreement.getInstance("ECDH");
            ka.init((i == 0 ? ek : ek2).getPrivate());
            ka.doPhase((i == 0 ? ek2 : ek).getPublic(), true);
            sec[i] = ka.generateSecret();
        }
        System.out.println(Arrays.equals(sec[0], sec[1]) + " " + sec[0].length);
        KeyPair ed = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Signature eds = Signature.getInstance("Ed25519");
        eds.initSign(ed.getPrivate());
        eds.update(msg);
        byte[] edsig = eds.sign();
        eds.initVerify(ed.getPublic());
        eds.update(msg);
        System.out.println(eds.verify(edsig) + " " + edsig.length);
        KeyPairGenerator xg = KeyPairGenerator.getInstance("X25519");
        System.out.println(xg.generateKeyPair().getPublic().getAlgorithm());
        SecureRandom r = new SecureRandom();
        byte[] b1 = new byte[20], b2 = new byte[20];
        r.nextBytes(b1);
        r.nextBytes(b2);
        System.out.println(!Arrays.equals(b1, b2) + " " + r.generateSeed(5).length + " " + (r.nextInt(10) < 10));
        SecureRandom seeded = SecureRandom.getInstance("SHA1PRNG");
        seeded.setSeed(42);
        System.out.println(seeded.nextInt() + " " + seeded.nextLong());
        System.out.println(Security.getProvider("SUN").getName() + " " + Security.getProviders().length / 100 + " "
            + Security.getProvider("nope") + " " + (Security.getProperty("securerandom.source") != null) + " "
            + Security.getAlgorithms("MessageDigest").contains("SHA-256"));
        KeyStore ks = KeyStore.getInstance("PKCS12");
        ks.load(null, null);
        ks.setEntry("k", new KeyStore.SecretKeyEntry(new javax.crypto.spec.SecretKeySpec(new byte[16], "AES")),
            new KeyStore.PasswordProtection("pw".toCharArray()));
        java.io.ByteArrayOutputStream o = new java.io.ByteArrayOutputStream();
        ks.store(o, "pw".toCharArray());
        KeyStore k2 = KeyStore.getInstance("PKCS12");
        k2.load(new java.io.ByteArrayInputStream(o.toByteArray()), "pw".toCharArray());
        System.out.println(
            k2.size() + " " + k2.isKeyEntry("k") + " " + k2.getKey("k", "pw".toCharArray()).getEncoded().length);
        try {
            k2.load(new java.io.ByteArrayInputStream(o.toByteArray()), "no".toCharArray());
        } catch (java.io.IOException x) { System.out.println("bad password"); }
        try {
            Signature.getInstance("SHA256withRSA").sign();
        } catch (SignatureException x) { System.out.println(x.getMessage()); }
        java.security.cert.CertificateFactory.getInstance("X.509");
        AlgorithmParameters ap = AlgorithmParameters.getInstance("EC");
        ap.init(new ECGenParameterSpec("secp384r1"));
        System.out.println(ap.getParameterSpec(ECParameterSpec.class).getCurve().getField().getFieldSize());
        AccessControlDemo.run();
    }
    @SuppressWarnings("removal")
    static class AccessControlDemo {
        static void run() throws Exception {
            System.out.println(AccessController.doPrivileged((PrivilegedAction<String>) () -> "privileged") + " "
                + (System.getSecurityManager() == null));
            try {
                AccessController.doPrivileged(
                    (PrivilegedExceptionAction<String>) () -> { throw new java.io.IOException("pae"); });
            } catch (PrivilegedActionException e) { System.out.println(e.getException()); }
        }
    }
}
