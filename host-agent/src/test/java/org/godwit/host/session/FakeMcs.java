package org.godwit.host.session;

import com.google.protobuf.ByteString;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.godwit.protocol.agent.AgentFrame;
import org.godwit.protocol.agent.CertificatePurpose;
import org.godwit.protocol.agent.CertificateRequest;
import org.godwit.protocol.agent.Certificates;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.EnrolRequest;
import org.godwit.protocol.agent.McsFrame;
import org.godwit.protocol.agent.Welcome;
import org.godwit.protocol.identity.AccessToken;
import org.godwit.protocol.identity.Pem;
import org.godwit.protocol.identity.PinnedCa;

/** The MCS's end of a session on a real port of the loopback. */
final class FakeMcs implements AutoCloseable {

    private static final ServiceMethod<AgentFrame, McsFrame> SESSION = ServiceMethod.server(
            ServiceName.create("godwit.agent.v1", "AgentGateway"), "Session", GrpcMessageEncoder.<McsFrame>encoder(),
            GrpcMessageDecoder.decoder(AgentFrame.getDefaultInstance()));

    private static final ServiceMethod<EnrolRequest, Certificates> ENROL = ServiceMethod.server(
            ServiceName.create("godwit.agent.v1", "AgentGateway"), "Enrol", GrpcMessageEncoder.<Certificates>encoder(),
            GrpcMessageDecoder.decoder(EnrolRequest.getDefaultInstance()));

    private final FakeAuthority authority = new FakeAuthority();
    private final Set<String> tokens = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<EnrolRequest> enrolments = new LinkedBlockingQueue<>();
    private final HttpServer server;
    private final BlockingQueue<AgentFrame> frames = new LinkedBlockingQueue<>();
    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile GrpcServerRequest<AgentFrame, McsFrame> session;
    private volatile boolean away;
    private volatile boolean certifiesNothing;

    FakeMcs(Vertx vertx) {
        GrpcServer grpc = GrpcServer.server(vertx).callHandler(SESSION, request -> {
            session = request;
            request.handler(frame -> hear(request, frame));
        });
        grpc.callHandler(ENROL, request -> request.handler(body -> enrol(request, body)));
        server = vertx
                .createHttpServer(new HttpServerOptions().setHost("::1").setPort(0).setSsl(true).setUseAlpn(true)
                        .setKeyCertOptions(authority.server()).setClientAuth(ClientAuth.REQUEST)
                        .setTrustOptions(TrustOptions.wrap(PinnedCa.trusting(authority.certificate()))))
                .connectionHandler(this::accept).requestHandler(grpc).listen().await();
    }

    int port() {
        return server.actualPort();
    }

    /** A new token, good once. */
    String token() {
        String token = AccessToken.make(authority.fingerprint(), new SecureRandom()).text();
        tokens.add(token);
        return token;
    }

    /** What came of tokens that were good, and of others. */
    BlockingQueue<EnrolRequest> enrolments() {
        return enrolments;
    }

    BlockingQueue<AgentFrame> frames() {
        return frames;
    }

    FakeAuthority authority() {
        return authority;
    }

    void send(Command command) {
        send(McsFrame.newBuilder().setCommand(command).build());
    }

    void send(McsFrame frame) {
        session.response().write(frame);
    }

    /**
     * Cuts every session and takes no new one. The port stays bound: nobody else may have it when the server is back.
     */
    void leave() {
        away = true;
        connections.forEach(HttpConnection::close);
    }

    /** Requests for certificates are heard and not answered. */
    void certifyNothing(boolean nothing) {
        certifiesNothing = nothing;
    }

    void comeBack() {
        away = false;
    }

    @Override
    public void close() {
        server.close().await();
    }

    private void accept(HttpConnection connection) {
        connections.add(connection);
        connection.closeHandler(_ -> connections.remove(connection));
        if (away) {
            connection.close();
        }
    }

    private void enrol(GrpcServerRequest<EnrolRequest, Certificates> request, EnrolRequest body) {
        enrolments.add(body);
        if (tokens.remove(body.getToken())) {
            request.response().end(certify("a1", body.getPublicKey(), Duration.ofHours(1)));
        } else {
            request.response().status(GrpcStatus.UNAUTHENTICATED).end();
        }
    }

    private Certificates certify(String name, ByteString key, Duration life) {
        try {
            Certificates.Builder certificates = Certificates.newBuilder();
            for (Certificate one : authority.host(name, Pem.publicKey(key.toByteArray()), life)) {
                certificates.addCertificate(ByteString.copyFrom(one.getEncoded()));
            }
            return certificates.build();
        } catch (CertificateException e) {
            throw new AssertionError(e);
        }
    }

    /** What the agent of the session has shown. */
    List<Certificate> shown() {
        return certificates(session);
    }

    private static List<Certificate> certificates(GrpcServerRequest<AgentFrame, McsFrame> request) {
        try {
            return request.connection().peerCertificates();
        } catch (SSLPeerUnverifiedException _) {
            return List.of();
        }
    }

    private void hear(GrpcServerRequest<AgentFrame, McsFrame> request, AgentFrame frame) {
        if (frame.hasHello() && certificates(request).isEmpty()) {
            request.response().status(GrpcStatus.UNAUTHENTICATED).end();
            return;
        }
        if (frame.hasCertificateRequest() && !certifiesNothing) {
            CertificateRequest asked = frame.getCertificateRequest();
            boolean isForSessions = asked.getPurpose() == CertificatePurpose.FOR_SESSIONS;
            request.response().write(McsFrame.newBuilder().setCertificates(
                    certify(isForSessions ? "renewed" : "hypervisor", asked.getPublicKey(), Duration.ofHours(2))
                            .toBuilder().setPurpose(asked.getPurpose()))
                    .build());
        }
        if (frame.hasHello()) {
            request.response().write(McsFrame.newBuilder()
                    .setWelcome(Welcome.newBuilder().setProtocolVersion(1).setLeaseMs(10_000)).build());
        }
        frames.add(frame);
    }
}
