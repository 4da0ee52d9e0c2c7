package org.godwit.host.session;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.godwit.protocol.agent.AgentFrame;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.McsFrame;
import org.godwit.protocol.agent.Welcome;

/** The MCS's end of a session on a real port of the loopback. */
final class FakeMcs implements AutoCloseable {

    static final String TOKEN = "secret";

    private static final ServiceMethod<AgentFrame, McsFrame> SESSION = ServiceMethod.server(
            ServiceName.create("godwit.agent.v1", "AgentGateway"), "Session", GrpcMessageEncoder.<McsFrame>encoder(),
            GrpcMessageDecoder.decoder(AgentFrame.getDefaultInstance()));

    private final HttpServer server;
    private final BlockingQueue<AgentFrame> frames = new LinkedBlockingQueue<>();
    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile GrpcServerRequest<AgentFrame, McsFrame> session;
    private volatile boolean away;

    FakeMcs(Vertx vertx) {
        GrpcServer grpc = GrpcServer.server(vertx).callHandler(SESSION, request -> {
            session = request;
            request.handler(frame -> hear(request, frame));
        });
        server = vertx.createHttpServer(new HttpServerOptions().setHost("::1").setPort(0))
                .connectionHandler(this::accept).requestHandler(grpc).listen().await();
    }

    int port() {
        return server.actualPort();
    }

    BlockingQueue<AgentFrame> frames() {
        return frames;
    }

    void send(Command command) {
        session.response().write(McsFrame.newBuilder().setCommand(command).build());
    }

    /**
     * Cuts every session and takes no new one. The port stays bound: nobody else may have it when the server is back.
     */
    void leave() {
        away = true;
        connections.forEach(HttpConnection::close);
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

    private void hear(GrpcServerRequest<AgentFrame, McsFrame> request, AgentFrame frame) {
        if (frame.hasHello() && !frame.getHello().getToken().equals(TOKEN)) {
            frames.add(frame);
            request.response().status(GrpcStatus.UNAUTHENTICATED).end();
            return;
        }
        if (frame.hasHello()) {
            request.response().write(McsFrame.newBuilder()
                    .setWelcome(Welcome.newBuilder().setProtocolVersion(1).setLeaseMs(10_000)).build());
        }
        frames.add(frame);
    }
}
