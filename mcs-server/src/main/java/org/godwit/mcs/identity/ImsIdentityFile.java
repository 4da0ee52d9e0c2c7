package org.godwit.mcs.identity;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.godwit.mcs.identity.CertificateAuthority.Use;
import org.godwit.protocol.identity.CaFingerprint;
import org.godwit.protocol.identity.OneKey;
import org.godwit.protocol.identity.Pem;
import org.godwit.protocol.identity.PrivateFile;

/**
 * A mapping server's side of who is who on the administrative channel: its key, the certificate that the control server gave it, and
 * the authority that both are of. All stand in one file of its data folder, {@code identity.pem}.
 */
public final class ImsIdentityFile {

    private static final String NAME = "identity.pem";

    private final Path folder;
    private final PrivateKey key;
    private volatile List<X509Certificate> chain;

    private ImsIdentityFile(Path folder, PrivateKey key, List<X509Certificate> chain) {
        this.folder = folder;
        this.key = key;
        this.chain = chain;
    }

    /** @throws IllegalArgumentException when it is not there, or is no mapping server's; the message says what to do */
    public static ImsIdentityFile read(Path folder) {
        Path path = folder.resolve(NAME);
        try {
            String text = Files.readString(path);
            List<X509Certificate> chain = Pem.certificates(text);
            if (!Use.MAPPING_SERVER.isOf(chain.getFirst())) {
                throw new CertificateException("it is for another purpose");
            }
            return new ImsIdentityFile(folder, Pem.privateKey(text), chain);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(path + " is missing: make it with \"godwit ims enrol\"", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(path + " does not hold a mapping server's key and certificate ("
                    + e.getMessage() + "): make it anew with \"godwit ims enrol\"", e);
        } catch (IOException e) {
            throw new UncheckedIOException(path + " cannot be read", e);
        }
    }

    /** As {@code godwit ims enrol} writes it. */
    public static void write(Path folder, PrivateKey key, List<X509Certificate> chain) throws IOException {
        PrivateFile.write(folder.resolve(NAME), Pem.of(key) + Pem.of(chain));
    }

    /** Only TLS 1.3; a client that shows a certificate must have it from the same authority. */
    public HttpServerOptions options() {
        return ServerTls.optionsAskingForCertificates(new OneKey(key, () -> chain.toArray(X509Certificate[]::new)),
                chain.getLast());
    }

    /** Why whoever is at the other end is not heard; empty when it is the control server. */
    public Optional<String> refusal(HttpConnection connection) {
        try {
            X509Certificate shown = (X509Certificate) connection.peerCertificates().getFirst();
            return Use.IMS_ADMINISTRATOR.isOf(shown)
                    ? Optional.empty()
                    : Optional.of("a certificate for another purpose: " + shown.getSubjectX500Principal().getName());
        } catch (SSLPeerUnverifiedException _) {
            return Optional.of("no certificate");
        }
    }

    /**
     * Shows this one from the next connection on.
     *
     * @throws IllegalArgumentException when it is not for this key, or of another authority
     */
    public void renew(List<X509Certificate> successor) throws IOException {
        PublicKey own = chain.getFirst().getPublicKey();
        if (successor.size() != 2 || !successor.getFirst().getPublicKey().equals(own)
                || !CaFingerprint.of(successor.getLast()).equals(CaFingerprint.of(chain.getLast()))) {
            throw new IllegalArgumentException("a certificate for another key, or of another authority");
        }
        write(folder, key, successor);
        chain = successor;
    }
}
