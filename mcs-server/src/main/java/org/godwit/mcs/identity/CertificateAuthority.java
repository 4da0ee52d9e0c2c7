package org.godwit.mcs.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.godwit.mcs.store.HostIdentityStore.Revoked;
import org.godwit.protocol.identity.AuditChain;
import org.godwit.protocol.identity.CaFingerprint;
import org.godwit.protocol.identity.Pem;
import org.godwit.protocol.identity.PinnedCa;
import org.godwit.protocol.identity.PrivateFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The authority of one control server (RFC 5280, ECDSA on P-256), made at its first start. Its key and certificate stand in
 * {@code ca.key}, which only its owner reads; {@code ca.crt} is a copy of the certificate for whoever wants to check.
 */
public final class CertificateAuthority {

    private static final Logger LOG = LoggerFactory.getLogger(CertificateAuthority.class);

    private static final Duration OWN_LIFE = Duration.ofDays(20 * 365);
    /** Clocks that are late by as much take a new certificate for good. */
    private static final Duration BACKDATED = Duration.ofHours(1);
    private static final int SERIAL_BITS = 127;
    private static final String ORGANIZATION = "Godwit";

    /** What a certificate is for. All but the control server's own and those of agents have the purpose in their name. */
    public enum Use {
        /** A host's agent, to the control server. */
        AGENT("", KeyPurposeId.id_kp_clientAuth),
        /** The control server, to all who dial in. */
        CONTROL_SERVER("", KeyPurposeId.id_kp_serverAuth),
        /** A host's libvirt and QEMU, to those of other hosts, as either side. */
        HYPERVISOR(PinnedCa.HYPERVISOR_UNIT, KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth),
        /** A mapping server in another process, to the control server that administers it. */
        MAPPING_SERVER("mapping server", KeyPurposeId.id_kp_serverAuth),
        /** The control server, to that mapping server. */
        IMS_ADMINISTRATOR("mapping server administrator", KeyPurposeId.id_kp_clientAuth);

        private final String unit;
        private final KeyPurposeId[] purposes;

        Use(String unit, KeyPurposeId... purposes) {
            this.unit = unit;
            this.purposes = purposes;
        }

        /** Whether it is for this; of a certificate of this authority. */
        boolean isOf(X509Certificate certificate) {
            RDN[] units = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()).getRDNs(BCStyle.OU);
            return units.length == 1 && IETFUtils.valueToString(units[0].getFirst().getValue()).equals(unit);
        }

        /** libvirt before 10.7 and QEMU before 10.1 demand "key encipherment" of any, which no key on a curve can do (RFC 8813). */
        private boolean saysHowItsKeyIsUsed() {
            return this != HYPERVISOR;
        }
    }

    /**
     * What is to be certified.
     *
     * @param commonName up to 64 characters
     * @param dnsNames and {@code addresses}: what clients may reach a server by
     */
    public record Subject(String commonName, PublicKey key, Use use, List<String> dnsNames,
            List<InetAddress> addresses) {

        public Subject {
            if (commonName.isEmpty() || commonName.length() > 64) {
                throw new IllegalArgumentException("a common name has 1 to 64 characters");
            }
            dnsNames = List.copyOf(dnsNames);
            addresses = List.copyOf(addresses);
        }
    }

    private final PrivateKey key;
    private final X509Certificate certificate;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    private CertificateAuthority(PrivateKey key, X509Certificate certificate, InstantSource clock) {
        this.key = key;
        this.certificate = certificate;
        this.clock = clock;
    }

    /** @param folder exists, for its owner only */
    public static CertificateAuthority open(Path folder, InstantSource clock) {
        Path secret = folder.resolve("ca.key");
        try {
            boolean first = Files.notExists(secret);
            if (first) {
                KeyPair pair = Pem.newKeyPair();
                X509Certificate own = selfSigned(pair, clock.instant());
                PrivateFile.write(secret, Pem.of(pair.getPrivate()) + Pem.of(List.of(own)));
            }
            String text = Files.readString(secret);
            X509Certificate own = Pem.certificates(text).getFirst();
            PrivateFile.write(folder.resolve("ca.crt"), Pem.of(List.of(own)), "rw-r--r--");
            LOG.info("authority={} file={}{}", CaFingerprint.of(own), secret, first ? " made=now" : "");
            return new CertificateAuthority(Pem.privateKey(text), own, clock);
        } catch (IOException e) {
            throw new UncheckedIOException("the authority's key in " + folder + " can neither be read nor made", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(secret + " does not hold the authority's key and certificate: take it from"
                    + " a backup, or remove it and enrol all hosts anew", e);
        }
    }

    public X509Certificate certificate() {
        return certificate;
    }

    public CaFingerprint fingerprint() {
        return CaFingerprint.of(certificate);
    }

    /** The new certificate, and the authority's own behind it. */
    public List<X509Certificate> issue(Subject subject, Duration life) {
        Instant now = clock.instant();
        X500Name issuer = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(issuer, serial(random),
                Date.from(now.minus(BACKDATED)), Date.from(now.plus(life)),
                name(subject.use().unit, subject.commonName()), subject.key());
        try {
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            if (subject.use().saysHowItsKeyIsUsed()) {
                builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            }
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(subject.use().purposes));
            builder.addExtension(Extension.authorityKeyIdentifier, false,
                    identifiers.createAuthorityKeyIdentifier(certificate));
            GeneralName[] names = names(subject);
            if (names.length > 0) {
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            }
            return List.of(signed(builder, key), certificate);
        } catch (CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException("a certificate for " + subject.commonName() + " cannot be made", e);
        }
    }

    /**
     * The list for those who know revocation by lists alone. It does not end before the authority: one that ended while the control
     * server is away would end all migrations.
     */
    public X509CRL revocations(Collection<Revoked> revoked) {
        Instant now = clock.instant();
        JcaX509v2CRLBuilder builder = new JcaX509v2CRLBuilder(certificate, Date.from(now));
        builder.setNextUpdate(certificate.getNotAfter());
        revoked.forEach(it -> builder.addCRLEntry(it.serial(), Date.from(it.at()), CRLReason.privilegeWithdrawn));
        try {
            builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(now.toEpochMilli())));
            builder.addExtension(Extension.authorityKeyIdentifier, false,
                    new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(certificate));
            return new JcaX509CRLConverter().getCRL(builder.build(signer(key)));
        } catch (CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException("the list of revoked certificates cannot be made", e);
        }
    }

    /** The signature of an entry of the audit, by its hash. */
    String signAudit(String hash) {
        return AuditChain.sign(hash, key);
    }

    private static GeneralName[] names(Subject subject) {
        return Stream.concat(
                subject.dnsNames().stream().map(name -> new GeneralName(GeneralName.dNSName, name)),
                subject.addresses().stream()
                        .map(address -> new GeneralName(GeneralName.iPAddress, address.getHostAddress())))
                .toArray(GeneralName[]::new);
    }

    private static X509Certificate selfSigned(KeyPair pair, Instant now) throws GeneralSecurityException {
        SecureRandom random = new SecureRandom();
        // Two authorities of one organization must differ by name, or their certificates are taken for each other's.
        X500Name own = name("", "Godwit authority " + Integer.toHexString(random.nextInt()));
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(own, serial(random),
                Date.from(now.minus(BACKDATED)), Date.from(now.plus(OWN_LIFE)), own, pair.getPublic());
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(Extension.subjectKeyIdentifier, false,
                    new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
        } catch (CertIOException e) {
            throw new GeneralSecurityException("the authority's certificate cannot be made", e);
        }
        return signed(builder, pair.getPrivate());
    }

    private static X509Certificate signed(X509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException {
        return new JcaX509CertificateConverter().getCertificate(builder.build(signer(key)));
    }

    private static ContentSigner signer(PrivateKey key) throws GeneralSecurityException {
        try {
            return new JcaContentSignerBuilder("SHA256withECDSA").build(key);
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException("this Java platform does not sign with ECDSA", e);
        }
    }

    private static X500Name name(String unit, String commonName) {
        X500NameBuilder name = new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.O, ORGANIZATION);
        if (!unit.isEmpty()) {
            name.addRDN(BCStyle.OU, unit);
        }
        return name.addRDN(BCStyle.CN, commonName).build();
    }

    private static BigInteger serial(SecureRandom random) {
        return new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1);
    }
}
