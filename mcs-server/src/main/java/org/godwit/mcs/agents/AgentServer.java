package org.godwit.mcs.agents;

import com.google.protobuf.ByteString;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.SocketAddress;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.godwit.mcs.http.EventLoops;
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

    /** Whom agents speak to. */
    public record House(AgentSessions sessions, HostIdentities identities, InventoryStore inventory, Audit audit) {}

    private final EventLoops loops;
    private final Admission admission;
    private final int port;

    private AgentServer(EventLoops loops, Admission admission, int port) {
        this.loops = loops;
        this.admission = admission;
        this.port = port;
    }

    /** Listens, and returns when it does. */
    public static AgentServer start(InetSocketAddress address, ServerTls tls, House house, Duration lease) {
        return start(address, tls, house, lease, Admission.Limits.DEFAULT);
    }

    static AgentServer start(InetSocketAddress address, ServerTls tls, House house, Duration lease,
            Admission.Limits limits) {
        Admission admission = new Admission(limits);
        // Its own: operators shall not wait behind thousands of agents, and only agents are let in by turns.
        EventLoops loops = new EventLoops(new AdmittingTransport(admission));
        try {
            // Handshakes are computed elsewhere: an event loop that is busy with them would not hear those who beat.
            HttpServerOptions options = tls.optionsAskingForCertificates()
                    .setSslEngineOptions(new JdkSSLEngineOptions().setUseWorkerThread(true))
                    // Who is nobody yet and says nothing does not keep his connection; an agent's session ends sooner, with a word.
                    .setIdleTimeout((int) lease.multipliedBy(2).toMillis()).setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                    .setHost(address.getHostString())
                    // Listeners share a port that they have not chosen when it is negative.
                    .setPort(address.getPort() == 0 ? -1 : address.getPort());
            CompletableFuture<Integer> port = new CompletableFuture<>();
            loops.vertx().deployVerticle(() -> new Listener(options, house, admission, lease, port),
                    new DeploymentOptions().setInstances(EventLoops.COUNT)).toCompletionStage().toCompletableFuture()
                    .join();
            return new AgentServer(loops, admission, port.join());
        } catch (RuntimeException e) {
            loops.close();
            throw e;
        }
    }

    /** One event loop's share of the connections. */
    private static final class Listener extends VerticleBase {

        private final HttpServerOptions options;
        private final House house;
        private final Admission admission;
        private final Duration lease;
        private final CompletableFuture<Integer> port;

        Listener(HttpServerOptions options, House house, Admission admission, Duration lease,
                CompletableFuture<Integer> port) {
            this.options = options;
            this.house = house;
            this.admission = admission;
            this.lease = lease;
            this.port = port;
        }

        @Override
        public Future<?> start() {
            GrpcServer grpc = GrpcServer.server(vertx, new GrpcServerOptions().setMaxMessageSize(FRAME_BYTES_MAX));
            grpc.callHandler(SESSION, request -> new AgentConnection(vertx, request, house, admission, lease).open());
            grpc.callHandler(ENROL, request -> request.handler(body -> enrol(request, body)));
            return vertx.createHttpServer(options).requestHandler(grpc)
                    .exceptionHandler(problem -> Thread.startVirtualThread(
                            () -> house.audit().refused("nobody", "-", "session", ServerTls.whyRefused(problem))))
                    .listen().onSuccess(server -> port.complete(server.actualPort()));
        }

        private void enrol(GrpcServerRequest<EnrolRequest, Certificates> request, EnrolRequest body) {
            SocketAddress from = request.connection().remoteAddress();
            vertx.executeBlocking(() -> certified(from.hostAddress(), body), false)
                    .onSuccess(certificates -> request.response().end(certificates))
                    .onFailure(problem -> refuse(request.response(), problem))
                    .onComplete(_ -> admission.opened(from));
        }

        private Certificates certified(String from, EnrolRequest body) {
            try {
                Enrolled enrolled = house.identities().enrol(body.getToken(), body.getPublicKey().toByteArray());
                house.audit().record("host:" + enrolled.host(), from, "enrol",
                        "certificate " + enrolled.chain().getFirst().getSerialNumber().toString(16));
                return certificates(enrolled.chain());
            } catch (NotProvenException e) {
                house.audit().refused("nobody", from, "enrol", e.getMessage());
                throw e;
            }
        }
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
        return port;
    }

    /** How many agents have dialled and wait to be let in. */
    public int waiting() {
        return admission.waiting();
    }

    @Override
    public void close() {
        loops.close();
    }
}
