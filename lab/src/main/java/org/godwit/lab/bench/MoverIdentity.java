package org.godwit.lab.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.godwit.lab.Node;
import org.godwit.mcs.identity.CertificateAuthority;
import org.godwit.mcs.identity.CertificateAuthority.Subject;
import org.godwit.mcs.identity.CertificateAuthority.Use;
import org.godwit.protocol.identity.OneKey;
import org.godwit.protocol.identity.Pem;

/** What the two ends of a mover show each other: a file with a key, its certificate and that of the authority, in PEM. */
public final class MoverIdentity {

    private static final Duration LIFE = Duration.ofDays(1);

    private MoverIdentity() {}

    /** Writes a node's. */
    public static void issue(CertificateAuthority authority, Node node, Path file) {
        KeyPair key = Pem.newKeyPair();
        try {
            String chain = Pem.of(authority.issue(new Subject(node.name().text(), key.getPublic(), Use.HYPERVISOR,
                    List.of(), List.of(node.address().toInetAddress())), LIFE));
            Files.writeString(file, Pem.of(key.getPrivate()) + chain);
        } catch (IOException e) {
            throw new UncheckedIOException("the identity of " + node.name() + " cannot be kept", e);
        }
    }

    /** Of whom has such a file. */
    public static SSLContext tls(Path file) throws IOException, GeneralSecurityException {
        String pem = Files.readString(file);
        List<X509Certificate> chain = Pem.certificates(pem);
        OneKey own = new OneKey(Pem.privateKey(pem), () -> chain.toArray(X509Certificate[]::new));
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("authority", chain.getLast());
        TrustManagerFactory theirs = TrustManagerFactory.getInstance("PKIX");
        theirs.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[]{own }, theirs.getTrustManagers(), null);
        return context;
    }
}
