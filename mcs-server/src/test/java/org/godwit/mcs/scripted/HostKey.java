package org.godwit.mcs.scripted;

import com.google.protobuf.ByteString;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TrustOptions;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import java.io.ByteArrayInputStream;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.godwit.protocol.agent.Certificates;
import org.godwit.protocol.agent.EnrolRequest;
import org.godwit.protocol.identity.AccessToken;
import org.godwit.protocol.identity.CaFingerprint;
import org.godwit.protocol.identity.Pem;
import org.godwit.protocol.identity.PinnedCa;

/** What a host has on its disk: its key, its certificate, and whom it trusts. @param chain empty before it is enrolled */
public record HostKey(CaFingerprint authority, KeyPair key, List<X509Certificate> chain) {

    private static final ServiceMethod<Certificates, EnrolRequest> ENROL = ServiceMethod.client(
            ServiceName.create("godwit.agent.v1.AgentGateway"), "Enrol", GrpcMessageEncoder.encoder(),
            GrpcMessageDecoder.decoder(Certificates.getDefaultInstance()));

    /** A server may keep its clients waiting. */
    private static final int SECONDS_MAX = 60;

    /** The server said no to a token. */
    public static final class RefusedException extends RuntimeException {

        private static final long serialVersionUID = 1;

        RefusedException(GrpcStatus status) {
            super("refused with " + status);
        }
    }

    /** Knows whom to trust, and cannot show anything. */
    public static HostKey none(CaFingerprint authority) {
        return new HostKey(authority, Pem.newKeyPair(), List.of());
    }

    /** Asks for its certificate as an agent does. @throws RefusedException when the token is not good */
    public static HostKey enrol(Vertx vertx, int port, String token) {
        return none(AccessToken.parse(token).authority()).enrolWith(vertx, port, token);
    }

    /** As {@link #enrol}, with this key. */
    public HostKey enrolWith(Vertx vertx, int port, String token) {
        GrpcClient client = GrpcClient.client(vertx, options());
        EnrolRequest body = EnrolRequest.newBuilder().setToken(token)
                .setPublicKey(ByteString.copyFrom(key.getPublic().getEncoded())).build();
        try {
            Certificates answer = client.request(SocketAddress.inetSocketAddress(port, "[::1]"), ENROL)
                    .compose(request -> request.send(body)).compose(response -> {
                        response.endHandler(_ -> {});
                        return response.status() == null || response.status() == GrpcStatus.OK
                                ? response.last()
                                : io.vertx.core.Future.failedFuture(new RefusedException(response.status()));
                    }).toCompletionStage().toCompletableFuture().join();
            return new HostKey(authority, key, certificates(answer));
        } finally {
            client.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    /** With these certificates instead. */
    public HostKey with(List<X509Certificate> certificates) {
        return new HostKey(authority, key, certificates);
    }

    public static List<X509Certificate> certificates(Certificates answer) {
        try {
            List<X509Certificate> chain = new ArrayList<>();
            for (ByteString der : answer.getCertificateList()) {
                chain.add((X509Certificate) CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(der.toByteArray())));
            }
            return chain;
        } catch (CertificateException e) {
            throw new AssertionError(e);
        }
    }

    /** How a client with this key dials. */
    public HttpClientOptions options() {
        HttpClientOptions options = new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setUseAlpn(true)
                .setSsl(true).setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                .setTrustOptions(TrustOptions.wrap(new PinnedCa(authority)))
                .setSslHandshakeTimeout(SECONDS_MAX);
        if (!chain.isEmpty()) {
            options.setKeyCertOptions(new PemKeyCertOptions().setKeyValue(Buffer.buffer(Pem.of(key.getPrivate())))
                    .setCertValue(Buffer.buffer(Pem.of(chain))));
        }
        return options;
    }
}
