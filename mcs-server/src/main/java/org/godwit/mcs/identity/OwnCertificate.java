package org.godwit.mcs.identity;

import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Function;
import javax.net.ssl.X509ExtendedKeyManager;
import org.godwit.mcs.identity.CertificateAuthority.Subject;
import org.godwit.protocol.identity.OneKey;
import org.godwit.protocol.identity.Pem;

/**
 * A certificate of the control server itself. Its key is made at each start and is on no disk; it is made anew, for the same key,
 * when it is needed after two thirds of its life.
 */
final class OwnCertificate {

    private static final Duration LIFE = Duration.ofDays(30);

    private final CertificateAuthority authority;
    private final Function<PublicKey, Subject> subject;
    private final InstantSource clock;
    private final KeyPair key = Pem.newKeyPair();
    private X509Certificate[] chain;
    private Instant renewal = Instant.MIN;

    /** @param subject what is certified, with this key */
    OwnCertificate(CertificateAuthority authority, Function<PublicKey, Subject> subject, InstantSource clock) {
        this.authority = authority;
        this.subject = subject;
        this.clock = clock;
    }

    /** The authority's last. */
    synchronized X509Certificate[] chain() {
        Instant now = clock.instant();
        if (!now.isBefore(renewal)) {
            chain = authority.issue(subject.apply(key.getPublic()), LIFE).toArray(X509Certificate[]::new);
            renewal = now.plus(LIFE.multipliedBy(2).dividedBy(3));
        }
        return chain.clone();
    }

    X509ExtendedKeyManager keyManager() {
        return new OneKey(key.getPrivate(), this::chain);
    }
}
