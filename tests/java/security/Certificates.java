import java.io.*;
import java.security.*;
import java.security.cert.*;
import java.security.spec.*;
import java.util.*;

/** The default trust store, certificate paths, permissions and policy-free access control, ASN.1 key encodings. */
public class Certificates {
    public static void main(String[] args) throws Exception {
        byte[] spki = Base64.getDecoder().decode("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9"
                                                 + "KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==");
        PublicKey k = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(spki));
        System.out.println(k.getAlgorithm() + " " + k.getFormat() + " " + Arrays.equals(k.getEncoded(), spki));
        try {
            KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(new byte[] {0x30, 1, 2}));
        } catch (InvalidKeySpecException e) { System.out.println("InvalidKeySpec"); }
        try {
            CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream("junk".getBytes()));
        } catch (CertificateException e) { System.out.println("CertificateException"); }
        System.out.println(
            CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(new byte[0])).size());
        System.out.println(new FilePermission("/tmp/*", "read").implies(new FilePermission("/tmp/x", "read")) + " "
            + new FilePermission("/tmp/*", "read").implies(new FilePermission("/tmp/x/y", "read")) + " "
            + new PropertyPermission("java.*", "read,write").getActions() + " "
            + new RuntimePermission("exitVM").equals(new RuntimePermission("exitVM")));
        Permissions ps = new Permissions();
        ps.add(new RuntimePermission("a"));
        System.out.println(ps.implies(new RuntimePermission("a")) + " " + ps.implies(new RuntimePermission("b")));
        for (Provider.Service s : new TreeSet<>(Comparator.comparing((Provider.Service x) -> x.getAlgorithm())) {
                 {
                     for (Provider.Service x : Security.getProvider("SUN").getServices())
                         if (x.getType().equals("MessageDigest")) add(x);
                 }
             })
            System.out.print(s.getAlgorithm() + " ");
        System.out.println();
        MessageDigest own = new MessageDigest("XOR") {
            int x;
            @Override
            protected void engineUpdate(byte b) {
                x ^= b;
            }
            @Override
            protected void engineUpdate(byte[] b, int o, int n) {
                for (int i = o; i < o + n; i++) x ^= b[i];
            }
            @Override
            protected byte[] engineDigest() {
                byte[] r = {(byte) x};
                x = 0;
                return r;
            }
            @Override
            protected void engineReset() {
                x = 0;
            }
        };
        System.out.println(Arrays.toString(own.digest("abc".getBytes())) + " " + own.getAlgorithm());
        class P extends Provider {
            P() {
                super("Own", "1.0", "own provider");
                put("MessageDigest.OWN", OwnDigest.class.getName());
            }
        }
        Security.addProvider(new P());
        System.out.println(Arrays.toString(MessageDigest.getInstance("OWN").digest(new byte[] {7})) + " "
            + MessageDigest.getInstance("OWN").getProvider().getName());
        Security.removeProvider("Own");
        try {
            MessageDigest.getInstance("OWN");
        } catch (NoSuchAlgorithmException e) { System.out.println("removed"); }
    }
    public static class OwnDigest extends MessageDigestSpi {
        int n;
        @Override
        protected void engineUpdate(byte b) {
            n += b;
        }
        @Override
        protected void engineUpdate(byte[] b, int o, int l) {
            for (int i = o; i < o + l; i++) n += b[i];
        }
        @Override
        protected byte[] engineDigest() {
            return new byte[] {(byte) (n * 2)};
        }
        @Override
        protected void engineReset() {
            n = 0;
        }
    }
}
