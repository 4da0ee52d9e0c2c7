package org.godwit.host.session;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertStore;
import java.security.cert.CertificateParsingException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.X509CRL;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.godwit.host.hypervisor.Transport;
import org.godwit.host.session.IdentityFile.Held;
import org.godwit.protocol.identity.OneKey;
import org.godwit.protocol.identity.Pem;

/**
 * What this host's libvirt and QEMU show to those of other hosts: got and renewed in the agent's sessions, kept beside the
 * agent's own, and installed where they look for it. Its methods block on the disk and on libvirt.
 *
 * <p>The key stays until the host is enrolled anew: so a renewal replaces a certificate for the same key, and whoever reads the
 * two files in between finds a pair.
 */
public final class HypervisorCertificate {

    /** Where libvirt and QEMU look for it. */
    @FunctionalInterface
    public interface Place {

        /** Does nothing when that is there already. */
        void install(PrivateKey key, X509Certificate own, X509Certificate authority, Optional<X509CRL> revoked)
                throws IOException;
    }

    /** What is to be certified. */
    record Wanted(PrivateKey key, PublicKey publicKey) {

        private static Wanted of(KeyPair pair) {
            return new Wanted(pair.getPrivate(), pair.getPublic());
        }
    }

    private final IdentityFile file;
    private final String reachedAt;
    private final Place place;
    /** Asked for and not answered yet: the same key for each attempt, so that it fits, whichever is answered. */
    private volatile Optional<Wanted> awaited = Optional.empty();
    /** As they were heard last since this process began. */
    private volatile Optional<X509CRL> revoked = Optional.empty();

    /**
     * @param folder of the agent's own certificate
     * @param libvirtUri where other hosts reach libvirt: what the certificate is for
     * @throws IllegalArgumentException when it names no host
     */
    public HypervisorCertificate(Path folder, String libvirtUri, Place place) {
        this.file = new IdentityFile(folder.resolve("hypervisor.pem"));
        this.reachedAt = Transport.host(requireNonNull(libvirtUri, "libvirtUri is null"));
        this.place = requireNonNull(place, "place is null");
    }

    /** Others that libvirt and QEMU are to refuse, from the next {@link #look} on. */
    void refuse(X509CRL list) {
        revoked = Optional.of(list);
    }

    /** Installs the one that is held, if it is good, and says whether another one is needed. @param agent as it is enrolled now */
    Optional<Wanted> look(Held agent, Instant now) throws IOException {
        Optional<Held> held = file.read().filter(it -> it.tokenHash().equals(agent.tokenHash())
                && it.authority().equals(agent.authority()));
        if (held.isEmpty()) {
            awaited = awaited.or(() -> Optional.of(Wanted.of(Pem.newKeyPair())));
            return awaited;
        }
        install(held.get());
        return held.filter(it -> !now.isBefore(it.renewal()) || !isFor(it.chain().getFirst(), reachedAt))
                .map(it -> new Wanted(it.key(), it.publicKey()));
    }

    /** @throws IOException when the certificate is another key's, or cannot be installed */
    Instant certified(Held agent, Wanted wanted, List<X509Certificate> chain) throws IOException {
        Held held = file.write(agent.tokenHash(), wanted.key(), wanted.publicKey(), agent.authority(), chain);
        awaited = Optional.empty();
        install(held);
        return held.end();
    }

    private static boolean isOf(X509Certificate authority, X509CRL list) {
        try {
            list.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    private static boolean isFor(X509Certificate certificate, String name) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names != null && names.stream().anyMatch(it -> it.get(1).equals(name));
        } catch (CertificateParsingException _) {
            return false;
        }
    }

    /**
     * For connections of the agents themselves, on which they show what their hypervisors do.
     *
     * @throws IOException when there is no certificate yet, or its file cannot be read
     */
    public SSLContext tls() throws IOException {
        Held held = file.read().orElseThrow(() -> new IOException(
                "this host has no certificate for migrations yet: its session with the control server brings one"));
        try {
            X509Certificate[] chain = held.chain().toArray(X509Certificate[]::new);
            TrustManagerFactory theirs = TrustManagerFactory.getInstance("PKIX");
            theirs.init(new CertPathTrustManagerParameters(believing(held.chain().getLast())));
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[]{new OneKey(held.key(), () -> chain) }, theirs.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("this host's certificate for migrations cannot be used: " + e.getMessage(), e);
        }
    }

    /** Its certificates but those that are known to be revoked. */
    private PKIXBuilderParameters believing(X509Certificate authority) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("authority", authority);
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(trusted, new X509CertSelector());
        Optional<X509CRL> list = revoked.filter(it -> isOf(authority, it));
        parameters.setRevocationEnabled(list.isPresent());
        if (list.isPresent()) {
            parameters.addCertStore(CertStore.getInstance("Collection",
                    new CollectionCertStoreParameters(List.of(list.get()))));
        }
        return parameters;
    }

    private void install(Held held) throws IOException {
        X509Certificate authority = held.chain().getLast();
        place.install(held.key(), held.chain().getFirst(), authority, revoked.filter(it -> isOf(authority, it)));
    }
}
