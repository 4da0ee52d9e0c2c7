package org.godwit.mcs.identity;

import java.net.InetAddress;
import java.net.URI;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import org.godwit.mcs.identity.CertificateAuthority.Subject;
import org.godwit.mcs.identity.CertificateAuthority.Use;
import org.godwit.mcs.store.CertificatePurpose;
import org.godwit.mcs.store.HostIdentityStore;
import org.godwit.mcs.store.HostIdentityStore.Certified;
import org.godwit.mcs.store.HostIdentityStore.Enrolment;
import org.godwit.mcs.store.HostIdentityStore.Revoked;
import org.godwit.mcs.store.HostIdentityStore.Shown;
import org.godwit.model.Name;
import org.godwit.protocol.identity.AccessToken;
import org.godwit.protocol.identity.Pem;

/**
 * How a host gets its certificate, keeps it and loses it. Every method may block on the disk.
 *
 * <p>The certificates that are good are listed, not those that are bad: what the store does not know is refused, such as one of a
 * host that was removed and added again under its old name.
 */
public final class HostIdentities {

    /** Of a certificate; its agent renews it when two thirds are over. */
    public static final Duration CERTIFICATE_LIFE = Duration.ofDays(30);
    /** Of an enrolment token. */
    public static final Duration TOKEN_LIFE = Duration.ofHours(24);

    private static final int URI_LENGTH_SHOWN = 200;

    /** A new token, shown this once. */
    public record Invitation(AccessToken token, Instant expires) {}

    /** A host that has just got its certificate. @param chain the authority's last */
    public record Enrolled(Name host, List<X509Certificate> chain) {}

    /** A host as its certificate says. @param until when it must have another one */
    public record Proven(Name host, Instant until) {}

    private final CertificateAuthority authority;
    private final HostIdentityStore store;
    private final InstantSource clock;
    private final Duration certificateLife;
    private final SecureRandom random = new SecureRandom();
    private List<Revoked> listed = List.of();
    /** Null before it was asked for. */
    private X509CRL list;

    public HostIdentities(CertificateAuthority authority, HostIdentityStore store, InstantSource clock,
            Duration certificateLife) {
        this.authority = authority;
        this.store = store;
        this.clock = clock;
        this.certificateLife = certificateLife;
    }

    /** A token with which this host's agent gets its certificate; one that it had before is worth nothing any more. */
    public Invitation invite(Name host) {
        AccessToken token = AccessToken.make(authority.fingerprint(), random);
        Instant expires = clock.instant().plus(TOKEN_LIFE);
        store.setToken(host, AccessToken.hash(token.text()), expires);
        return new Invitation(token, expires);
    }

    /**
     * The first certificate of a host, for its token.
     *
     * @param publicKey a SubjectPublicKeyInfo on P-256
     * @throws NotProvenException when the token is not good, or the key is none
     */
    public Enrolled enrol(String token, byte[] publicKey) {
        PublicKey key = key(publicKey);
        byte[] hash = AccessToken.hash(token);
        Shown shown = new Shown(hash, AccessToken.hash(HexFormat.of().formatHex(publicKey)));
        Instant now = clock.instant();
        // Signed before the token is used, so that both are written at once, and only for a token that is good.
        return store.invited(shown, now)
                .map(host -> new Enrolled(host, authority.issue(agent(host, key), certificateLife)))
                .filter(it -> store.enrol(shown, it.chain().getFirst().getSerialNumber(), it.host(),
                        it.chain().getFirst().getNotAfter().toInstant(), now))
                .orElseThrow(() -> store.enrolment(hash).map(this::notGood)
                        .orElseGet(() -> new NotProvenException("an enrolment token that was never given out")));
    }

    private NotProvenException notGood(Enrolment enrolment) {
        return new NotProvenException("an enrolment token of host " + enrolment.host()
                + (enrolment.used()
                        ? " that has been used with another key"
                        : " that expired at " + enrolment.expires()));
    }

    /**
     * A successor of the certificate that the host has shown.
     *
     * @throws NotProvenException when the key is none, or the host has been revoked meanwhile
     */
    public List<X509Certificate> renew(Name host, byte[] publicKey) {
        return certify(CertificatePurpose.FOR_SESSIONS, host, agent(host, key(publicKey)));
    }

    /**
     * What the host's libvirt and QEMU show to those of other hosts.
     *
     * @param libvirtUri where the host says that they reach it: the certificate is for that name or address, which is the
     *        host's from now on
     * @throws NotProvenException when it is another host's, or none, or the key is none, or the host has been revoked meanwhile; the
     *         message has no secret
     */
    public List<X509Certificate> certifyHypervisor(Name host, byte[] publicKey, String libvirtUri) {
        PublicKey key = key(publicKey);
        ServerNames reached = reached(libvirtUri);
        String name = reached.dns().stream().findFirst()
                .orElseGet(() -> reached.addresses().getFirst().getHostAddress());
        store.claimName(name, host).ifPresent(owner -> {
            throw new NotProvenException(
                    "\"" + name + "\" is where host " + owner + " is reached for migrations, not host "
                            + host + ": correct libvirt-uri, or remove the other host");
        });
        return certify(CertificatePurpose.FOR_HYPERVISOR, host,
                new Subject(host.text(), key, Use.HYPERVISOR, reached.dns(), reached.addresses()));
    }

    private static ServerNames reached(String libvirtUri) {
        try {
            String host = URI.create(libvirtUri).getHost();
            if (host == null) {
                throw new IllegalArgumentException("it names none");
            }
            ServerNames names = ServerNames.of(host);
            if (names.dns().contains("localhost") || names.addresses().stream().anyMatch(HostIdentities::isNobodys)) {
                throw new IllegalArgumentException("other hosts do not reach it there");
            }
            return names;
        } catch (IllegalArgumentException e) {
            throw new NotProvenException("no host to certify in libvirt-uri \"" + bounded(libvirtUri) + "\": "
                    + e.getMessage());
        }
    }

    private static boolean isNobodys(InetAddress address) {
        return address.isLoopbackAddress() || address.isAnyLocalAddress() || address.isMulticastAddress()
                || address.isLinkLocalAddress();
    }

    private static String bounded(String text) {
        return text.length() <= URI_LENGTH_SHOWN ? text : text.substring(0, URI_LENGTH_SHOWN) + "...";
    }

    /** @throws NotProvenException when the certificate does not say who somebody is, or no longer */
    public Proven prove(X509Certificate certificate) {
        Certified known = store.certificate(certificate.getSerialNumber())
                .orElseThrow(() -> new NotProvenException("a certificate that is not, or no longer, a host's"));
        if (known.purpose() != CertificatePurpose.FOR_SESSIONS) {
            throw new NotProvenException("the certificate of host " + known.host() + " for migrations");
        }
        if (known.revoked()) {
            throw new NotProvenException("a revoked certificate of host " + known.host());
        }
        if (!clock.instant().isBefore(known.notAfter())) {
            throw new NotProvenException("an expired certificate of host " + known.host());
        }
        return new Proven(known.host(), known.notAfter());
    }

    /** How long it is from now until then, in milliseconds; negative when it is over. */
    public long untilMillis(Instant time) {
        return Duration.between(clock.instant(), time).toMillis();
    }

    /** No certificate and no token of this host is good from now on. @return how many certificates were */
    public int revoke(Name host) {
        return store.revoke(host, clock.instant());
    }

    /** All that were revoked and have not ended yet, signed. Signed anew only when they are others: each agent that comes is told. */
    public synchronized X509CRL revocations() {
        List<Revoked> now = store.revoked(clock.instant());
        if (list == null || !listed.equals(now)) {
            list = authority.revocations(now);
            listed = now;
        }
        return list;
    }

    private static Subject agent(Name host, PublicKey key) {
        return new Subject(host.text(), key, Use.AGENT, List.of(), List.of());
    }

    private List<X509Certificate> certify(CertificatePurpose purpose, Name host, Subject subject) {
        List<X509Certificate> chain = authority.issue(subject, certificateLife);
        X509Certificate own = chain.getFirst();
        if (!store.addCertificate(own.getSerialNumber(), host, purpose, own.getNotAfter().toInstant(),
                clock.instant())) {
            throw new NotProvenException("host " + host + " has no certificate any more that another could follow:"
                    + " enrol it anew");
        }
        return chain;
    }

    private static PublicKey key(byte[] publicKey) {
        try {
            return Pem.publicKey(publicKey);
        } catch (IllegalArgumentException e) {
            throw new NotProvenException("no key to certify: " + e.getMessage());
        }
    }
}
