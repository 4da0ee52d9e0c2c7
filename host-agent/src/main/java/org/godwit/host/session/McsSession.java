package org.godwit.host.session;

import static java.util.Objects.requireNonNull;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.godwit.protocol.agent.AgentFrame;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.Heartbeat;
import org.godwit.protocol.agent.Hello;
import org.godwit.protocol.agent.McsFrame;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session at a time with the MCS, from {@link #start()} until {@link #close()}. Everything here runs on one event loop.
 *
 * <p>A heartbeat goes out every 2 s, and an HTTP/2 ping with it: a peer that leaves pings unanswered for the lease is gone,
 * even if the connection does not say so, and the session is dialled anew. What runs on this host goes on meanwhile; what
 * an agent that remains alone does is the {@link org.godwit.host.command.Steward}'s business.
 */
public final class McsSession implements AutoCloseable {

    /** What is spoken here. */
    public static final int PROTOCOL_VERSION = 1;

    private static final Logger LOG = LoggerFactory.getLogger(McsSession.class);
    private static final ServiceMethod<McsFrame, AgentFrame> SESSION = ServiceMethod.client(
            ServiceName.create("godwit.agent.v1", "AgentGateway"), "Session", GrpcMessageEncoder.<AgentFrame>encoder(),
            GrpcMessageDecoder.decoder(McsFrame.getDefaultInstance()));
    private static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(2);
    private static final Duration BACKOFF_MIN = Duration.ofMillis(200);
    private static final Duration BACKOFF_MAX = Duration.ofSeconds(5);
    private static final Duration CLOSE_TIME_MAX = Duration.ofSeconds(2);
    private static final int CONNECT_TIME_MAX_MS = 5_000;

    private final Vertx vertx;
    private final Context loop;
    private final GrpcClient client;
    private final McsAddress address;
    private final Hello hello;
    private final Path tokenFile;
    private final SessionOutbox outbox;
    private final Consumer<Command> commands;

    private GrpcClientRequest<AgentFrame, McsFrame> stream;
    private Duration backoff = BACKOFF_MIN;
    private boolean welcomed;
    private Duration lease = Duration.ofSeconds(10);
    private int unansweredPings;
    private boolean closed;

    /**
     * @param hello without the token, which is read anew for every session
     * @param commands takes a command and returns at once
     */
    public McsSession(Vertx vertx, McsAddress address, Hello hello, Path tokenFile, SessionOutbox outbox,
            Consumer<Command> commands) {
        this.vertx = vertx;
        this.loop = vertx.getOrCreateContext();
        this.address = requireNonNull(address, "address is null");
        this.hello = requireNonNull(hello, "hello is null");
        this.tokenFile = requireNonNull(tokenFile, "tokenFile is null");
        this.outbox = outbox;
        this.commands = commands;
        this.client = GrpcClient.client(vertx, new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false).setConnectTimeout(CONNECT_TIME_MAX_MS));
    }

    /** Dials until closed. Returns at once. */
    public void start() {
        loop.runOnContext(_ -> {
            vertx.setPeriodic(HEARTBEAT_INTERVAL.toMillis(), _ -> beat());
            dial();
        });
    }

    /** Whether the MCS has welcomed this agent, as far as has been noticed. */
    public boolean isOpen() {
        return outbox.isOpen();
    }

    @Override
    public void close() {
        Future<Void> done = Future.future(promise -> loop.runOnContext(_ -> {
            closed = true;
            drop();
            client.close().onComplete(promise);
        }));
        try {
            done.await(CLOSE_TIME_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn("the session with the MCS did not close in time");
        }
    }

    private void dial() {
        if (closed) {
            return;
        }
        vertx.fileSystem().readFile(tokenFile.toString()).map(text -> text.toString(StandardCharsets.UTF_8).strip())
                .compose(token -> client
                        .request(SocketAddress.inetSocketAddress(address.port(), address.hostInUri()), SESSION)
                        .onSuccess(request -> open(request, token)))
                .onFailure(problem -> ended(null, "cannot be reached: " + problem.getMessage()));
    }

    private void open(GrpcClientRequest<AgentFrame, McsFrame> request, String token) {
        stream = request;
        welcomed = false;
        unansweredPings = 0;
        request.exceptionHandler(problem -> ended(request, "connection lost: " + problem.getMessage()));
        request.response().onSuccess(response -> listen(request, response))
                .onFailure(problem -> ended(request, "did not answer: " + problem.getMessage()));
        request.write(AgentFrame.newBuilder().setHello(hello.toBuilder().setToken(token)).build());
    }

    private void listen(GrpcClientRequest<AgentFrame, McsFrame> request,
            GrpcClientResponse<AgentFrame, McsFrame> response) {
        response.handler(frame -> hear(request, frame));
        response.exceptionHandler(problem -> ended(request, "connection lost: " + problem.getMessage()));
        response.endHandler(_ -> ended(request, reason(response)));
    }

    private static String reason(GrpcClientResponse<AgentFrame, McsFrame> response) {
        GrpcStatus status = response.status();
        return status == GrpcStatus.UNAUTHENTICATED
                ? "refused this host's name or token"
                : "ended the session (" + status + ")";
    }

    private void hear(GrpcClientRequest<AgentFrame, McsFrame> request, McsFrame frame) {
        if (request != stream) {
            return;
        }
        switch (frame.getFrameCase()) {
            case WELCOME -> {
                if (frame.getWelcome().getProtocolVersion() != PROTOCOL_VERSION) {
                    ended(request, "speaks protocol version " + frame.getWelcome().getProtocolVersion()
                            + ", this agent " + PROTOCOL_VERSION);
                    return;
                }
                lease = Duration.ofMillis(frame.getWelcome().getLeaseMs());
                backoff = BACKOFF_MIN;
                // The MCS answers every heartbeat so; the first one opens the session.
                if (!welcomed) {
                    welcomed = true;
                    LOG.info("session with the MCS at {} open", address);
                    outbox.open(ready -> loop.runOnContext(_ -> send(request, ready)));
                }
            }
            case COMMAND -> commands.accept(frame.getCommand());
            case FRAME_NOT_SET -> LOG.warn("the MCS sent a frame that this agent does not know");
        }
    }

    private void send(GrpcClientRequest<AgentFrame, McsFrame> request, AgentFrame frame) {
        if (request == stream) {
            request.write(frame).onFailure(problem -> {
                // An outcome must not be lost with the session it was written to.
                if (frame.hasOutcome()) {
                    outbox.deliver(frame.getOutcome());
                }
            });
        } else if (frame.hasOutcome()) {
            outbox.deliver(frame.getOutcome());
        }
    }

    private void beat() {
        GrpcClientRequest<AgentFrame, McsFrame> request = stream;
        if (request == null) {
            return;
        }
        if (HEARTBEAT_INTERVAL.multipliedBy(unansweredPings).compareTo(lease) >= 0) {
            ended(request, "did not answer for " + lease.toMillis() + " ms");
            return;
        }
        unansweredPings++;
        request.connection().ping(Buffer.buffer(new byte[Long.BYTES])).onSuccess(_ -> unansweredPings = 0);
        request.write(AgentFrame.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build());
    }

    /** @param request whose end it is; null when it never began. Later ends of the same one mean nothing. */
    private void ended(GrpcClientRequest<AgentFrame, McsFrame> request, String reason) {
        if (closed || request != stream) {
            return;
        }
        LOG.warn("the MCS at {} {}; next attempt in {} ms", address, reason, backoff.toMillis());
        drop();
        vertx.setTimer(backoff.toMillis(), _ -> dial());
        Duration doubled = backoff.multipliedBy(2);
        backoff = doubled.compareTo(BACKOFF_MAX) < 0 ? doubled : BACKOFF_MAX;
    }

    private void drop() {
        GrpcClientRequest<AgentFrame, McsFrame> old = stream;
        stream = null;
        outbox.close();
        if (old != null) {
            old.cancel();
            old.connection().close();
        }
    }
}
