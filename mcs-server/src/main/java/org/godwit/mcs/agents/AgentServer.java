package org.godwit.mcs.agents;

import com.google.protobuf.ByteString;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.GrpcServerResponse;
import java.net.InetSocketAddress;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.godwit.mcs.identity.Audit;
import org.godwit.mcs.identity.HostIdentities;
import org.godwit.mcs.identity.HostIdentities.Enrolled;
import org.godwit.mcs.identity.NotProvenException;
import org.godwit.mcs.identity.ServerTls;
import org.godwit.mcs.store.InventoryStore;
import org.godwit.protocol.agent.AgentFrame;
import org.godwit.protocol.agent.Certificates;
import org.godwit.protocol.agent.EnrolRequest;
import org.godwit.protocol.agent.McsFrame;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gRPC service {@code godwit.agent.v1.AgentGateway}: {@code Enrol} gives a host its first certificate for a token,
 * {@code Session} is one stream both ways for each agent, over mutual TLS.
 */
public final class AgentServer implements AutoCloseable {

    /** Without a frame from the other side for this long, each side takes the session for dead. Agents beat every 2 s. */
    public static final Duration LEASE = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(AgentServer.class);
    private static final int FRAME_BYTES_MAX = 64 * 1024;

    private static final ServiceMethod<AgentFrame, McsFrame> SESSION = ServiceMethod.server(
            ServiceName.create("godwit.agent.v1.AgentGateway"), "Session", GrpcMessageEncoder.encoder(),
            GrpcMessageDecoder.decoder(AgentFrame.getDefaultInstance()));

    private static final ServiceMethod<EnrolRequest, Certificates> ENROL = ServiceMethod.server(
            ServiceName.create("godwit.agent.v1.AgentGateway"), "Enrol", GrpcMessageEncoder.encoder(),
            GrpcMessageDecoder.decoder(EnrolRequest.getDefaultInstance()));

    private final HttpServer server;

    private AgentServer(HttpServer server) {
        this.server = server;
    }

    /** Listens, and returns when it does. */
    public static AgentServer start(Vertx vertx, InetSocketAddress address, ServerTls tls, AgentSessions sessions,
            HostIdentities identities, InventoryStore inventory, Audit audit, Duration lease) {
        GrpcServer grpc = GrpcServer.server(vertx, new GrpcServerOptions().setMaxMessageSize(FRAME_BYTES_MAX));
        grpc.callHandler(SESSION,
                request -> new AgentConnection(vertx, request, sessions, identities, inventory, audit, lease).open());
        grpc.callHandler(ENROL, request -> request.handler(body -> enrol(vertx, identities, audit, request, body)));
        Future<HttpServer> listening = vertx.createHttpServer(tls.optionsAskingForCertificates()).requestHandler(grpc)
                .exceptionHandler(problem -> Thread.startVirtualThread(
                        () -> audit.refused("nobody", "-", "session", ServerTls.whyRefused(problem))))
                .listen(address.getPort(), address.getHostString());
        return new AgentServer(listening.toCompletionStage().toCompletableFuture().join());
    }

    private static void enrol(Vertx vertx, HostIdentities identities, Audit audit,
            GrpcServerRequest<EnrolRequest, Certificates> request, EnrolRequest body) {
        String from = request.connection().remoteAddress().hostAddress();
        vertx.executeBlocking(() -> {
            try {
                Enrolled enrolled = identities.enrol(body.getToken(), body.getPublicKey().toByteArray());
                audit.record("host:" + enrolled.host(), from, "enrol",
                        "certificate " + enrolled.chain().getFirst().getSerialNumber().toString(16));
                return certificates(enrolled.chain());
            } catch (NotProvenException e) {
                audit.refused("nobody", from, "enrol", e.getMessage());
                throw e;
            }
        }).onSuccess(certificates -> request.response().end(certificates))
                .onFailure(problem -> refuse(request.response(), problem));
    }

    /** An agent gives a token up that is not proven, and shows it again after anything else. */
    private static void refuse(GrpcServerResponse<EnrolRequest, Certificates> response, Throwable problem) {
        if (problem instanceof NotProvenException) {
            // Which of them it was is for the operator alone.
            response.status(GrpcStatus.UNAUTHENTICATED).statusMessage("the token is unknown, used or expired").end();
        } else {
            LOG.warn("enrolment=failed reason=\"{}\"", problem.getMessage(), problem);
            response.status(GrpcStatus.UNAVAILABLE).statusMessage("a fault of the server: try again").end();
        }
    }

    static Certificates certificates(List<X509Certificate> chain) {
        try {
            Certificates.Builder certificates = Certificates.newBuilder();
            for (X509Certificate certificate : chain) {
                certificates.addCertificate(ByteString.copyFrom(certificate.getEncoded()));
            }
            return certificates.build();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("what was just made cannot be written", e);
        }
    }

    public int port() {
        return server.actualPort();
    }

    @Override
    public void close() {
        // orTimeout: a peer that does not answer must not hold up the shutdown
        server.close().toCompletionStage().toCompletableFuture().orTimeout(2, TimeUnit.SECONDS)
                .exceptionally(_ -> null).join();
    }
}
