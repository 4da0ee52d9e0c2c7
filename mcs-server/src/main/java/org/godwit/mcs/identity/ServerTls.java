package org.godwit.mcs.identity;

import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Set;
import javax.net.ssl.X509ExtendedKeyManager;
import org.godwit.mcs.identity.CertificateAuthority.Subject;
import org.godwit.mcs.identity.CertificateAuthority.Use;
import org.godwit.protocol.identity.PinnedCa;

/** The server's own end of TLS 1.3. */
public final class ServerTls {

    private static final Set<String> VERSIONS = Set.of("TLSv1.3");

    private final CertificateAuthority authority;
    private final OwnCertificate certificate;

    public ServerTls(CertificateAuthority authority, ServerNames names, InstantSource clock) {
        this.authority = authority;
        this.certificate = new OwnCertificate(authority,
                key -> new Subject("control server", key, Use.CONTROL_SERVER, names.dns(), names.addresses()), clock);
    }

    /** Only TLS 1.3, with this server's certificate. Clients need none. */
    public HttpServerOptions options() {
        return options(certificate.keyManager());
    }

    /** As {@link #options()}; a client that shows a certificate must have it from this authority. */
    public HttpServerOptions optionsAskingForCertificates() {
        return optionsAskingForCertificates(certificate.keyManager(), authority.certificate());
    }

    /** Why a handshake failed, for whoever reads logs: what a certificate lacks is in the innermost of the exceptions. */
    public static String whyRefused(Throwable problem) {
        Throwable innermost = problem;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        return String.valueOf(innermost.getMessage());
    }

    private static HttpServerOptions options(X509ExtendedKeyManager own) {
        return new HttpServerOptions().setSsl(true).setUseAlpn(true).setEnabledSecureTransportProtocols(VERSIONS)
                .setKeyCertOptions(KeyCertOptions.wrap(own));
    }

    static HttpServerOptions optionsAskingForCertificates(X509ExtendedKeyManager own, X509Certificate authority) {
        return options(own).setClientAuth(ClientAuth.REQUEST)
                .setTrustOptions(TrustOptions.wrap(PinnedCa.trusting(authority)));
    }
}
