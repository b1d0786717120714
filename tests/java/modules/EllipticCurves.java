// slow
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;

/** jdk.crypto.ec: curves, signatures, agreements, encodings. */
public class EllipticCurves {
    public static void main(String[] args) throws Exception {
        byte[] message = "signed".getBytes(StandardCharsets.UTF_8);
        for (String curve : new String[] {"secp256r1"}) {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            KeyPair ann = generator.generateKeyPair();
            KeyPair bob = generator.generateKeyPair();
            for (String algorithm : new String[] {"SHA256withECDSA", "SHA512withECDSAinP1363Format"}) {
                Signature signature = Signature.getInstance(algorithm);
                signature.initSign(ann.getPrivate());
                signature.update(message);
                byte[] signed = signature.sign();
                signature.initVerify(ann.getPublic());
                signature.update(message);
                boolean right = signature.verify(signed);
                signature.initVerify(bob.getPublic());
                signature.update(message);
                System.out.println(curve + " " + algorithm + " " + right + " " + signature.verify(signed));
            }
            System.out.println(Arrays.equals(agree("ECDH", ann, bob), agree("ECDH", bob, ann)) + " "
                    + ((ECPublicKey) ann.getPublic()).getParams().getCurve().getField().getFieldSize());
            KeyFactory factory = KeyFactory.getInstance("EC");
            PublicKey copy = factory.generatePublic(new X509EncodedKeySpec(ann.getPublic().getEncoded()));
            PrivateKey own = factory.generatePrivate(new PKCS8EncodedKeySpec(ann.getPrivate().getEncoded()));
            System.out.println(copy.equals(ann.getPublic()) + " " + own.equals(ann.getPrivate()));
        }
        for (String curve : new String[] {"X25519"}) {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(curve);
            KeyPair ann = generator.generateKeyPair();
            KeyPair bob = generator.generateKeyPair();
            System.out.println(curve + " " + Arrays.equals(agree(curve, ann, bob), agree(curve, bob, ann)));
        }
        for (String curve : new String[] {"Ed25519"}) {
            KeyPair pair = KeyPairGenerator.getInstance(curve).generateKeyPair();
            Signature signature = Signature.getInstance(curve);
            signature.initSign(pair.getPrivate());
            signature.update(message);
            byte[] signed = signature.sign();
            signature.initVerify(pair.getPublic());
            signature.update(message);
            System.out.println(curve + " " + signed.length + " " + signature.verify(signed));
        }
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec("secp256r1"));
        ECParameterSpec spec = parameters.getParameterSpec(ECParameterSpec.class);
        System.out.println(spec.getOrder().toString(16) + " " + spec.getCofactor());
        PrivateKey known = KeyFactory.getInstance("EC")
                .generatePrivate(new ECPrivateKeySpec(BigInteger.valueOf(12345), spec));
        System.out.println(known.getFormat() + " " + known.getEncoded().length);
        try {
            KeyPairGenerator.getInstance("EC").initialize(new ECGenParameterSpec("nonesuch"));
        } catch (InvalidAlgorithmParameterException e) {
            System.out.println(e.getMessage());
        }
        KeyPairGenerator fixed = KeyPairGenerator.getInstance("XDH");
        fixed.initialize(NamedParameterSpec.X25519, new SecureRandom());
        System.out.println(fixed.generateKeyPair().getPublic().getAlgorithm());
    }

    static byte[] agree(String algorithm, KeyPair mine, KeyPair theirs) throws Exception {
        KeyAgreement agreement = KeyAgreement.getInstance(algorithm);
        agreement.init(mine.getPrivate());
        agreement.doPhase(theirs.getPublic(), true);
        return agreement.generateSecret();
    }
}
