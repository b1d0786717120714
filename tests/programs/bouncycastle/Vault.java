import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Security;
import java.security.Signature;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.util.encoders.Hex;

public class Vault {
    private static String shown(byte[] bytes) throws Exception {
        return Hex.toHexString(MessageDigest.getInstance("SHA-256").digest(bytes)).substring(0, 24);
    }

    private static boolean signs(String algorithm, KeyPair keys, byte[] message) throws Exception {
        Signature signature = Signature.getInstance(algorithm, "BC");
        signature.initSign(keys.getPrivate());
        signature.update(message);
        byte[] signed = signature.sign();
        signature.initVerify(keys.getPublic());
        signature.update(message);
        return signature.verify(signed);
    }

    public static void main(String[] args) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        byte[] message = new byte[20000];
        for (int i = 0; i < message.length; i++) {
            message[i] = (byte) (i * 31);
        }
        for (String name : new String[] {"SHA3-512", "BLAKE2B-256", "Whirlpool", "SM3", "RIPEMD160", "Skein-512-512"}) {
            System.out.println(name + " " + shown(MessageDigest.getInstance(name, "BC").digest(message)));
        }
        for (String name : new String[] {"AES/GCM/NoPadding", "Camellia/CBC/PKCS5Padding", "Twofish/CTR/NoPadding"}) {
            Cipher cipher = Cipher.getInstance(name, "BC");
            SecretKeySpec key = new SecretKeySpec(new byte[16], name.split("/")[0]);
            AlgorithmParameterSpec start = new IvParameterSpec(new byte[16]);
            if (name.contains("GCM")) {
                start = new GCMParameterSpec(128, new byte[12]);
            }
            cipher.init(Cipher.ENCRYPT_MODE, key, start);
            System.out.println(name + " " + shown(cipher.doFinal(message)));
        }
        SecureRandom random = SecureRandom.getInstance("SHA1PRNG", "SUN");
        random.setSeed(5);
        KeyPairGenerator curve = KeyPairGenerator.getInstance("EC", "BC");
        curve.initialize(new ECGenParameterSpec("secp256k1"), random);
        System.out.println(signs("SHA256withECDSA", curve.generateKeyPair(), message));
        KeyPairGenerator primes = KeyPairGenerator.getInstance("RSA", "BC");
        primes.initialize(512, random);
        System.out.println(signs("SHA256withRSA", primes.generateKeyPair(), message));
        SecretKeyFactory derive = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256", "BC");
        PBEKeySpec password = new PBEKeySpec("peaberry".toCharArray(), "salt".getBytes(), 1000, 256);
        System.out.println(Hex.toHexString(derive.generateSecret(password).getEncoded()));
    }
}
