package org.godwit.disk.mover;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLSession;

/** Who is at the other end, proven by the handshake. */
public record Peer(X509Certificate certificate) {

    public Peer {
        requireNonNull(certificate, "certificate is null");
    }

    static Peer of(SSLSession session) throws IOException {
        Certificate[] chain = session.getPeerCertificates();
        if (chain.length == 0 || !(chain[0] instanceof X509Certificate certificate)) {
            throw new IOException("the other side has shown no X.509 certificate");
        }
        return new Peer(certificate);
    }

    /** Its name in the certificate. */
    public String name() {
        return certificate.getSubjectX500Principal().getName();
    }
}
