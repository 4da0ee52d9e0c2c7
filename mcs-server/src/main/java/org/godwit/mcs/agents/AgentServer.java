package org.godwit.mcs.agents;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.godwit.mcs.store.InventoryStore;
import org.godwit.protocol.agent.AgentFrame;
import org.godwit.protocol.agent.McsFrame;

/** The gRPC service {@code godwit.agent.v1.AgentGateway/Session}: one stream both ways for each agent. */
public final class AgentServer implements AutoCloseable {

    /** Without a frame from the other side for this long, each side takes the session for dead. Agents beat every 2 s. */
    public static final Duration LEASE = Duration.ofSeconds(10);

    private static final int FRAME_BYTES_MAX = 64 * 1024;

    private static final ServiceMethod<AgentFrame, McsFrame> SESSION = ServiceMethod.server(
            ServiceName.create("godwit.agent.v1.AgentGateway"), "Session", GrpcMessageEncoder.encoder(),
            GrpcMessageDecoder.decoder(AgentFrame.getDefaultInstance()));

    private final HttpServer server;

    private AgentServer(HttpServer server) {
        this.server = server;
    }

    /** Listens, and returns when it does. */
    public static AgentServer start(Vertx vertx, InetSocketAddress address, AgentSessions sessions, HostTokens tokens,
            InventoryStore inventory, Duration lease) {
        GrpcServer grpc = GrpcServer.server(vertx, new GrpcServerOptions().setMaxMessageSize(FRAME_BYTES_MAX));
        grpc.callHandler(SESSION,
                request -> new AgentConnection(vertx, request, sessions, tokens, inventory, lease).open());
        Future<HttpServer> listening = vertx.createHttpServer(new HttpServerOptions()).requestHandler(grpc)
                .listen(address.getPort(), address.getHostString());
        return new AgentServer(listening.toCompletionStage().toCompletableFuture().join());
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
