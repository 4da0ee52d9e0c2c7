package org.godwit.mcs.agents;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServerRequest;
import java.time.Duration;
import org.godwit.mcs.store.InventoryStore;
import org.godwit.model.Name;
import org.godwit.protocol.agent.AgentFrame;
import org.godwit.protocol.agent.Hello;
import org.godwit.protocol.agent.McsFrame;
import org.godwit.protocol.agent.Welcome;

/** One stream: nothing is heard before a hello that proves who it is. Lives on one event loop. */
final class AgentConnection implements AgentSessions.Session {

    private static final int PROTOCOL_VERSION = 1;

    private final Vertx vertx;
    private final Context context;
    private final GrpcServerRequest<AgentFrame, McsFrame> request;
    private final AgentSessions sessions;
    private final HostTokens tokens;
    private final InventoryStore inventory;
    private final Duration lease;
    /** Null until the hello was accepted. */
    private Name host;
    private boolean ended;
    private long silence;

    AgentConnection(Vertx vertx, GrpcServerRequest<AgentFrame, McsFrame> request, AgentSessions sessions,
            HostTokens tokens, InventoryStore inventory, Duration lease) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.request = request;
        this.sessions = sessions;
        this.tokens = tokens;
        this.inventory = inventory;
        this.lease = lease;
    }

    void open() {
        awaitNextFrame();
        request.handler(this::received);
        request.exceptionHandler(e -> lost("the stream broke: " + e.getMessage()));
        request.errorHandler(e -> lost("the stream was reset: " + e));
        request.endHandler(_ -> finish(GrpcStatus.OK, "the agent ended the stream"));
        request.connection().closeHandler(_ -> lost("the connection was closed"));
        request.response().exceptionHandler(e -> lost("the stream broke: " + e.getMessage()));
    }

    private void received(AgentFrame frame) {
        awaitNextFrame();
        if (host != null) {
            sessions.received(host, frame);
        } else if (frame.hasHello()) {
            greet(frame.getHello());
        } else {
            finish(GrpcStatus.FAILED_PRECONDITION, "the first frame must be a hello");
        }
    }

    private void greet(Hello hello) {
        if (hello.getProtocolVersion() != PROTOCOL_VERSION) {
            finish(GrpcStatus.FAILED_PRECONDITION, "this server speaks protocol version " + PROTOCOL_VERSION
                    + ", the agent " + hello.getProtocolVersion() + ": install matching versions");
            return;
        }
        request.pause();
        vertx.executeBlocking(() -> prove(hello)).onComplete(proven -> {
            if (proven.failed()) {
                finish(GrpcStatus.UNAUTHENTICATED, "host name or token is wrong");
            } else if (!ended) {
                host = proven.result();
                write(welcome());
                sessions.opened(host, this);
                request.resume();
            }
        });
    }

    private Name prove(Hello hello) {
        Name name = Name.of(hello.getHost());
        if (!tokens.belongs(hello.getToken(), name)) {
            throw new SecurityException("host name or token is wrong");
        }
        inventory.sawAgent(name, hello.getLibvirtUri());
        return name;
    }

    private McsFrame welcome() {
        return McsFrame.newBuilder().setWelcome(
                Welcome.newBuilder().setProtocolVersion(PROTOCOL_VERSION).setLeaseMs((int) lease.toMillis())).build();
    }

    private void awaitNextFrame() {
        vertx.cancelTimer(silence);
        silence = vertx.setTimer(lease.toMillis(), _ -> finish(GrpcStatus.DEADLINE_EXCEEDED,
                "nothing was heard from the agent for " + lease.toSeconds() + " s"));
    }

    @Override
    public void send(McsFrame frame) {
        context.runOnContext(_ -> write(frame));
    }

    @Override
    public void end(String reason) {
        context.runOnContext(_ -> finish(GrpcStatus.ABORTED, reason));
    }

    private void write(McsFrame frame) {
        if (!ended) {
            request.response().write(frame).onFailure(e -> lost("a frame could not be sent: " + e.getMessage()));
        }
    }

    private void finish(GrpcStatus status, String reason) {
        if (!ended) {
            lost(reason);
            request.response().status(status).statusMessage(reason).end();
        }
    }

    private void lost(String reason) {
        if (!ended) {
            ended = true;
            vertx.cancelTimer(silence);
            if (host != null) {
                sessions.closed(host, this, reason);
            }
        }
    }
}
