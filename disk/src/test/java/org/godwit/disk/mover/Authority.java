package org.godwit.disk.mover;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority that certifies whoever asks, for the loopback. */
final class Authority {

    private final KeyPair own = newKeyPair();
    private final X509Certificate certificate = issue("authority", own.getPublic());

    /** What a host with such a name speaks TLS with. */
    SSLContext host(String name) {
        try {
            KeyPair pair = newKeyPair();
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            keys.setKeyEntry("own", pair.getPrivate(), new char[0],
                    new Certificate[]{issue(name, pair.getPublic()), certificate });
            KeyManagerFactory ours = KeyManagerFactory.getInstance("PKIX");
            ours.init(keys, new char[0]);
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("authority", certificate);
            TrustManagerFactory theirs = TrustManagerFactory.getInstance("PKIX");
            theirs.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(ours.getKeyManagers(), theirs.getTrustManagers(), null);
            return context;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static KeyPair newKeyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private X509Certificate issue(String name, PublicKey key) {
        try {
            Instant now = Instant.now();
            boolean root = key.equals(own.getPublic());
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(new X500Name("CN=authority"),
                    new BigInteger(100, new SecureRandom()), Date.from(now.minusSeconds(60)),
                    Date.from(now.plus(Duration.ofDays(1))), new X500Name("CN=" + name), key);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(root));
            if (!root) {
                builder.addExtension(Extension.subjectAlternativeName, false,
                        new GeneralNames(new GeneralName(GeneralName.iPAddress, "0:0:0:0:0:0:0:1")));
            }
            return new JcaX509CertificateConverter().getCertificate(
                    builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(own.getPrivate())));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
