package org.godwit.mcs.scripted;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.godwit.mcs.agents.Agents;
import org.godwit.protocol.agent.AgentFrame;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.Heartbeat;
import org.godwit.protocol.agent.Hello;
import org.godwit.protocol.agent.McsFrame;

/** An agent that dials in over a real connection. */
public final class DiallingAgent implements AutoCloseable {

    private static final ServiceMethod<McsFrame, AgentFrame> SESSION = ServiceMethod.client(
            ServiceName.create("godwit.agent.v1.AgentGateway"), "Session", GrpcMessageEncoder.encoder(),
            GrpcMessageDecoder.decoder(McsFrame.getDefaultInstance()));

    /** As a host agent has it. */
    private static final Duration BEAT_INTERVAL = Duration.ofSeconds(2);

    private final BlockingQueue<McsFrame> frames = new LinkedBlockingQueue<>();
    private final CompletableFuture<GrpcStatus> end = new CompletableFuture<>();
    private final Context context;
    private final GrpcClient client;
    private final GrpcClientRequest<AgentFrame, McsFrame> request;
    private Agents.Watch watch = () -> {};
    private long beats = -1;

    /** Dials in and says nothing yet. Vert.x needs the brackets for a Host header that its own server accepts. */
    public DiallingAgent(Vertx vertx, int port, HostKey key) {
        this.context = vertx.getOrCreateContext();
        this.client = GrpcClient.client(vertx, key.options());
        this.request = client.request(SocketAddress.inetSocketAddress(port, "[::1]"), SESSION).toCompletionStage()
                .toCompletableFuture().join();
        request.response().onSuccess(this::listen).onFailure(_ -> end.complete(GrpcStatus.UNAVAILABLE));
    }

    /** Says hello as this host. */
    public DiallingAgent hello(String host) {
        return hello(host, "qemu+tcp://[2001:db8::1]/system");
    }

    /** @param libvirtUri where this host is reached, as it says */
    public DiallingAgent hello(String host, String libvirtUri) {
        return send(AgentFrame.newBuilder()
                .setHello(Hello.newBuilder().setProtocolVersion(1).setHost(host)
                        .setLibvirtUri(libvirtUri).setReachableBridge("br0")
                        .setIdleBridge("idle0"))
                .build());
    }

    /** From now on commands are performed by these hosts, what they say of their own accord is passed on, and they are heard. */
    public DiallingAgent serve(String host, ScriptedHosts hosts) {
        AgentFrame beat = AgentFrame.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build();
        beats = context.owner().setPeriodic(BEAT_INTERVAL.toMillis(), _ -> send(beat));
        watch = hosts.watch(host, notice -> send(AgentFrame.newBuilder().setNotice(notice).build()));
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    McsFrame frame = frames.take();
                    if (frame.hasCommand()) {
                        hosts.take(host, frame.getCommand(),
                                notice -> send(AgentFrame.newBuilder().setNotice(notice).build()),
                                outcome -> send(AgentFrame.newBuilder().setOutcome(outcome).build()));
                    }
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
        return this;
    }

    public DiallingAgent send(AgentFrame frame) {
        context.runOnContext(_ -> request.write(frame));
        return this;
    }

    /** The next frame from the server. */
    public McsFrame next() throws InterruptedException {
        McsFrame frame = frames.poll(30, TimeUnit.SECONDS);
        if (frame == null) {
            throw new AssertionError("no frame came");
        }
        return frame;
    }

    /** The next one that is such; what comes before is passed over. */
    public McsFrame next(Predicate<McsFrame> wanted) throws InterruptedException {
        McsFrame frame = next();
        while (!wanted.test(frame)) {
            frame = next();
        }
        return frame;
    }

    public Command nextCommand() throws InterruptedException {
        return next().getCommand();
    }

    /** How the server ended the stream. */
    public GrpcStatus end() {
        return end.orTimeout(30, TimeUnit.SECONDS).join();
    }

    /** Returns when the server's end of the connection has seen all that was sent before. */
    public void awaitPong() {
        Promise<Buffer> pong = Promise.promise();
        context.runOnContext(_ -> request.connection().ping(Buffer.buffer(new byte[Long.BYTES])).onComplete(pong));
        pong.future().toCompletionStage().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }

    private void listen(GrpcClientResponse<AgentFrame, McsFrame> response) {
        response.handler(frames::add);
        response.exceptionHandler(_ -> end.complete(GrpcStatus.UNAVAILABLE));
        response.endHandler(_ -> end.complete(response.status()));
    }

    @Override
    public void close() {
        context.owner().cancelTimer(beats);
        watch.close();
        client.close().toCompletionStage().toCompletableFuture().join();
    }
}
