package org.godwit.host.session;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.godwit.protocol.identity.CaFingerprint;
import org.godwit.protocol.identity.Pem;

/** An authority of a test: certifies whoever asks. */
public final class FakeAuthority {

    private final KeyPair own = Pem.newKeyPair();
    private final X509Certificate certificate = issue("authority", own.getPublic(), Duration.ofDays(1));

    CaFingerprint fingerprint() {
        return CaFingerprint.of(certificate);
    }

    X509Certificate certificate() {
        return certificate;
    }

    /** A server's key with its certificate for the loopback. */
    PemKeyCertOptions server() {
        KeyPair pair = Pem.newKeyPair();
        return new PemKeyCertOptions().setKeyValue(Buffer.buffer(Pem.of(pair.getPrivate()))).setCertValue(
                Buffer.buffer(Pem.of(List.of(issue("server", pair.getPublic(), Duration.ofDays(1)), certificate))));
    }

    public List<X509Certificate> host(String name, PublicKey key, Duration life) {
        return List.of(issue(name, key, life), certificate);
    }

    /** Signed now, as every time. */
    public X509CRL revocations(X509Certificate... revoked) {
        try {
            Date now = new Date();
            JcaX509v2CRLBuilder builder = new JcaX509v2CRLBuilder(certificate, now);
            for (X509Certificate one : revoked) {
                builder.addCRLEntry(one.getSerialNumber(), now, CRLReason.privilegeWithdrawn);
            }
            return new JcaX509CRLConverter().getCRL(
                    builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(own.getPrivate())));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private X509Certificate issue(String name, PublicKey key, Duration life) {
        try {
            Instant now = Instant.now();
            boolean root = key.equals(own.getPublic());
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(new X500Name("CN=authority"),
                    new BigInteger(100, new SecureRandom()), Date.from(now.minusSeconds(60)),
                    Date.from(now.plus(life)), new X500Name("CN=" + name), key);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(root));
            if (!root) {
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(
                        new GeneralName(GeneralName.iPAddress, InetAddress.ofLiteral("::1").getHostAddress())));
            }
            return new JcaX509CertificateConverter().getCertificate(
                    builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(own.getPrivate())));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
