package org.godwit.mcs.identity;

import java.math.BigInteger;
import java.net.InetAddress;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import org.godwit.mcs.identity.CertificateAuthority.Subject;
import org.godwit.mcs.identity.CertificateAuthority.Use;
import org.godwit.mcs.store.ImsIdentityStore;
import org.godwit.protocol.identity.PinnedCa;

/**
 * The control server's side of who is who on the administrative channel: how the one mapping server in another process gets its
 * certificate, keeps it and loses it, and what the control server shows to it. Methods may block on the disk.
 */
public final class ImsIdentities {

    private static final Duration LIFE = Duration.ofDays(30);
    private static final int ADDRESS_NAME = 7;

    private final CertificateAuthority authority;
    private final ImsIdentityStore store;
    private final InstantSource clock;
    private final OwnCertificate own;
    private final AtomicLong changes = new AtomicLong();
    /** The certificate that the newest successor is for, and that: an answer that was lost is given again. */
    private Optional<Succession> succession = Optional.empty();

    private record Succession(BigInteger before, List<X509Certificate> chain) {}

    public ImsIdentities(CertificateAuthority authority, ImsIdentityStore store, InstantSource clock) {
        this.authority = authority;
        this.store = store;
        this.clock = clock;
        this.own = new OwnCertificate(authority,
                key -> new Subject("control server", key, Use.IMS_ADMINISTRATOR, List.of(), List.of()), clock);
    }

    /**
     * The first certificate of a mapping server. From now on no other mapping server is believed, nor an earlier certificate.
     *
     * @param address where it is administered
     */
    public synchronized List<X509Certificate> enrol(PublicKey key, InetAddress address) {
        List<X509Certificate> chain = certify(key, List.of(address));
        store.replaceAll(chain.getFirst().getSerialNumber(), end(chain));
        changes.incrementAndGet();
        return chain;
    }

    /** For the same key and address; empty until two thirds of the life of the one that it shows are over. */
    public synchronized Optional<List<X509Certificate>> successor(X509Certificate shown) {
        Instant end = shown.getNotAfter().toInstant();
        if (clock.instant().isBefore(end.minus(LIFE.dividedBy(3)))) {
            return Optional.empty();
        }
        BigInteger before = shown.getSerialNumber();
        if (succession.filter(it -> it.before().equals(before)).isEmpty()) {
            List<X509Certificate> chain = certify(shown.getPublicKey(), addresses(shown));
            store.add(chain.getFirst().getSerialNumber(), end(chain), clock.instant());
            succession = Optional.of(new Succession(before, chain));
        }
        return succession.map(Succession::chain);
    }

    /** The mapping server has got its successor. */
    public void succeeded() {
        changes.incrementAndGet();
    }

    private List<X509Certificate> certify(PublicKey key, List<InetAddress> addresses) {
        return authority.issue(new Subject("mapping server", key, Use.MAPPING_SERVER, List.of(), addresses), LIFE);
    }

    private static List<InetAddress> addresses(X509Certificate certificate) {
        try {
            return certificate.getSubjectAlternativeNames().stream()
                    .filter(name -> name.getFirst().equals(ADDRESS_NAME))
                    .map(name -> InetAddress.ofLiteral((String) name.get(1))).toList();
        } catch (CertificateParsingException e) {
            throw new IllegalStateException("a certificate of this authority cannot be read", e);
        }
    }

    private static Instant end(List<X509Certificate> chain) {
        return chain.getFirst().getNotAfter().toInstant();
    }

    /** Changes when the certificate of either side does, and every day: connections of an earlier edition are to be given up. */
    public long edition() {
        return changes.get() + Duration.ofMillis(clock.millis()).toDays();
    }

    /** For connections to the mapping server. Whoever is not the one that was enrolled is told nothing. */
    public SSLContext context() {
        return new PinnedCa(authority.fingerprint(), this::check).context(own.keyManager());
    }

    private void check(X509Certificate shown) throws CertificateException {
        if (!store.isKnown(shown.getSerialNumber())) {
            throw new CertificateException(
                    "its certificate is not, or no longer, the mapping server's: enrol it anew with"
                            + " \"godwit ims enrol\"");
        }
    }
}
