package org.godwit.mcs.identity;

import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.net.Socket;
import java.security.KeyPair;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.godwit.mcs.identity.CertificateAuthority.Subject;
import org.godwit.mcs.identity.CertificateAuthority.Use;
import org.godwit.protocol.identity.Pem;
import org.godwit.protocol.identity.PinnedCa;

/**
 * The server's own end of TLS 1.3. Its key is made at each start and is on no disk; its certificate is made anew, for the same
 * key, when a client comes after two thirds of its life.
 */
public final class ServerTls {

    private static final Duration LIFE = Duration.ofDays(30);
    private static final String ALIAS = "server";
    private static final Set<String> VERSIONS = Set.of("TLSv1.3");

    private final CertificateAuthority authority;
    private final ServerNames names;
    private final InstantSource clock;
    private final KeyPair key = Pem.newKeyPair();
    private X509Certificate[] chain;
    private Instant renewal = Instant.MIN;

    public ServerTls(CertificateAuthority authority, ServerNames names, InstantSource clock) {
        this.authority = authority;
        this.names = names;
        this.clock = clock;
    }

    /** Only TLS 1.3, with this server's certificate. Clients need none. */
    public HttpServerOptions options() {
        return new HttpServerOptions().setSsl(true).setUseAlpn(true).setEnabledSecureTransportProtocols(VERSIONS)
                .setKeyCertOptions(KeyCertOptions.wrap(new OwnKey()));
    }

    /** As {@link #options()}; a client that shows a certificate must have it from this authority. */
    public HttpServerOptions optionsAskingForCertificates() {
        return options().setClientAuth(ClientAuth.REQUEST)
                .setTrustOptions(TrustOptions.wrap(PinnedCa.trusting(authority.certificate())));
    }

    private synchronized X509Certificate[] chain() {
        Instant now = clock.instant();
        if (!now.isBefore(renewal)) {
            List<X509Certificate> issued = authority.issue(
                    new Subject("control server", key.getPublic(), Use.CONTROL_SERVER, names.dns(), names.addresses()),
                    LIFE);
            chain = issued.toArray(X509Certificate[]::new);
            renewal = now.plus(LIFE.multipliedBy(2).dividedBy(3));
        }
        return chain.clone();
    }

    private final class OwnKey extends X509ExtendedKeyManager {

        @Override
        public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
            return keyType.equals(key.getPublic().getAlgorithm()) ? ALIAS : null;
        }

        @Override
        public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            return chooseEngineServerAlias(keyType, issuers, null);
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return chain();
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key.getPrivate();
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            return new String[]{ALIAS };
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
            return null;
        }
    }
}
