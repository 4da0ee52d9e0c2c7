package org.godwit.host.session;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TrustOptions;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.godwit.host.session.Credentials.Invitation;
import org.godwit.host.session.IdentityFile.Held;
import org.godwit.protocol.agent.AgentFrame;
import org.godwit.protocol.agent.CertificateRequest;
import org.godwit.protocol.agent.Certificates;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.EnrolRequest;
import org.godwit.protocol.agent.Heartbeat;
import org.godwit.protocol.agent.Hello;
import org.godwit.protocol.agent.McsFrame;
import org.godwit.protocol.identity.AccessToken;
import org.godwit.protocol.identity.CaFingerprint;
import org.godwit.protocol.identity.OneKey;
import org.godwit.protocol.identity.Pem;
import org.godwit.protocol.identity.PinnedCa;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

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
    private static final ServiceMethod<Certificates, EnrolRequest> ENROL = ServiceMethod.client(
            ServiceName.create("godwit.agent.v1", "AgentGateway"), "Enrol", GrpcMessageEncoder.<EnrolRequest>encoder(),
            GrpcMessageDecoder.decoder(Certificates.getDefaultInstance()));
    private static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(2);
    private static final Duration CLOSE_TIME_MAX = Duration.ofSeconds(2);
    /** An MCS that thousands of agents dial at once lets them in one after the other; meanwhile it says nothing. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** After a request for a certificate that a fault of the MCS or of this host's disk may have made vain. */
    private static final Duration RENEWAL_INTERVAL = Duration.ofMinutes(1);
    private static final int CONNECT_TIME_MAX_MS = 5_000;

    private final Vertx vertx;
    private final Context loop;
    private final McsAddress address;
    private final Hello hello;
    private final Credentials credentials;
    private final InstantSource clock;
    private final SessionOutbox outbox;
    private final Consumer<Command> commands;
    private final Optional<HypervisorRenewal> hypervisor;

    /** Of the latest attempt to dial, with what this host proved itself with then. */
    private GrpcClient client;
    private Held held;
    /** The key that the MCS has been asked to certify in this session; null when it need not be. */
    private KeyPair successor;
    private Instant nextRenewal = Instant.MIN;
    /** A token that the MCS does not take is not shown to it again and again. */
    private String refusedToken = "";
    private GrpcClientRequest<AgentFrame, McsFrame> stream;
    private final Backoff backoff;
    private String lastEnd = "";
    private boolean welcomed;
    private Duration lease = Duration.ofSeconds(10);
    private int unansweredPings;
    private boolean closed;

    /**
     * @param credentials read anew for every session
     * @param hypervisor what libvirt shows to other hosts; empty when it shows nothing
     * @param commands takes a command and returns at once
     */
    public McsSession(Vertx vertx, McsAddress address, Hello hello, Credentials credentials,
            Optional<HypervisorCertificate> hypervisor, InstantSource clock, SessionOutbox outbox,
            Consumer<Command> commands) {
        this.vertx = vertx;
        this.loop = vertx.getOrCreateContext();
        this.address = requireNonNull(address, "address is null");
        this.hello = requireNonNull(hello, "hello is null");
        this.backoff = new Backoff(hello.getHost());
        this.credentials = requireNonNull(credentials, "credentials is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.outbox = outbox;
        this.commands = commands;
        this.hypervisor = hypervisor.map(it -> new HypervisorRenewal(vertx, it, clock));
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
            promise.complete();
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
        vertx.executeBlocking(this::prepared).compose(ready -> ready.isPresent() ? enrol(ready.get()) : held())
                .compose(proof -> {
                    held = proof;
                    return use(proof.authority(), Optional.of(proof)).request(server(), SESSION)
                            .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                }).onSuccess(this::open).onFailure(problem -> ended(null, "cannot be reached: " + innermost(problem)));
    }

    /** An invitation when there is a token to be used now. */
    private Optional<Invitation> prepared() throws IOException {
        return credentials.invitation().filter(it -> !it.token().text().equals(refusedToken));
    }

    private Future<Held> held() {
        return vertx.executeBlocking(() -> credentials.held().orElseThrow(() -> new IOException("this host is not"
                + " enrolled: \"godwit host token " + hello.getHost() + "\" gives a token, for --token-file")));
    }

    /** Over TLS with a server that the token names; this side has nothing to show yet but the token. */
    private Future<Held> enrol(Invitation invitation) {
        AccessToken token = invitation.token();
        EnrolRequest body = EnrolRequest.newBuilder().setToken(token.text())
                .setPublicKey(ByteString.copyFrom(invitation.publicKey().getEncoded())).build();
        return use(token.authority(), Optional.empty()).request(server(), ENROL)
                .compose(request -> request.send(body))
                .compose(response -> {
                    if (response.status() == GrpcStatus.UNAUTHENTICATED) {
                        LOG.warn("the MCS at {} refuses the token of this host: unknown, used or expired;"
                                + " \"godwit host token {}\" gives another", address, hello.getHost());
                        refusedToken = token.text();
                        return held();
                    }
                    if (response.status() != null && response.status() != GrpcStatus.OK) {
                        return Future.failedFuture("it did not enrol this host (" + response.status() + ")");
                    }
                    return response.last().compose(answer -> vertx
                            .executeBlocking(() -> credentials.enrolled(invitation, certificates(answer))))
                            .onSuccess(_ -> LOG.info("enrolled as host {} at the MCS {}", hello.getHost(), address));
                }).timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The client of this attempt; the one before it is done with. */
    private GrpcClient use(CaFingerprint authority, Optional<Held> proof) {
        hangUp();
        HttpClientOptions options = new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setUseAlpn(true)
                .setSsl(true).setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                .setTrustOptions(TrustOptions.wrap(new PinnedCa(authority))).setConnectTimeout(CONNECT_TIME_MAX_MS)
                .setSslHandshakeTimeout(PATIENCE.toMillis()).setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
        proof.ifPresent(it -> options.setKeyCertOptions(
                KeyCertOptions.wrap(new OneKey(it.key(), () -> it.chain().toArray(X509Certificate[]::new)))));
        client = GrpcClient.client(vertx, options);
        return client;
    }

    private SocketAddress server() {
        return SocketAddress.inetSocketAddress(address.port(), address.hostInUri());
    }

    static List<X509Certificate> certificates(Certificates answer) throws IOException {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            List<X509Certificate> chain = new ArrayList<>();
            for (ByteString der : answer.getCertificateList()) {
                chain.add((X509Certificate) factory
                        .generateCertificate(new ByteArrayInputStream(der.toByteArray())));
            }
            return chain;
        } catch (CertificateException e) {
            throw new IOException("the MCS answered what is no certificate", e);
        }
    }

    /** What went wrong with TLS stands at the end of a chain of causes. */
    private static String innermost(Throwable problem) {
        Throwable cause = problem;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage();
    }

    private void open(GrpcClientRequest<AgentFrame, McsFrame> request) {
        stream = request;
        welcomed = false;
        successor = null;
        nextRenewal = Instant.MIN;
        unansweredPings = 0;
        vertx.setTimer(PATIENCE.toMillis(), _ -> {
            // A server can answer pings and be deaf all the same.
            if (request == stream && !welcomed) {
                ended(request, "did not open the session for " + PATIENCE.toSeconds() + " s");
            }
        });
        request.exceptionHandler(problem -> ended(request, "connection lost: " + problem.getMessage()));
        request.response().onSuccess(response -> listen(request, response))
                .onFailure(problem -> ended(request, "did not answer: " + innermost(problem)));
        request.write(AgentFrame.newBuilder().setHello(hello).build());
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
                ? "refuses this host's certificate (" + response.statusMessage() + ")"
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
                backoff.reset();
                lastEnd = "";
                // The MCS answers every heartbeat so; the first one opens the session.
                if (!welcomed) {
                    welcomed = true;
                    LOG.info("session with the MCS at {} open", address);
                    outbox.open(ready -> loop.runOnContext(_ -> send(request, ready)));
                    hypervisor.ifPresent(HypervisorRenewal::begin);
                    lookAfterHypervisor(request);
                }
            }
            case COMMAND -> commands.accept(frame.getCommand());
            case CERTIFICATES -> hear(frame.getCertificates());
            case REVOCATIONS -> hypervisor.ifPresent(it -> it.hear(frame.getRevocations()));
            case DEED_RECORDED -> vertx.executeBlocking(() -> {
                outbox.recorded(frame.getDeedRecorded());
                return null;
            });
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
        renewWhenDue(request);
        lookAfterHypervisor(request);
    }

    private void lookAfterHypervisor(GrpcClientRequest<AgentFrame, McsFrame> request) {
        if (welcomed) {
            hypervisor.ifPresent(it -> it.look(held, frame -> send(request, frame)));
        }
    }

    /** A certificate that is got now serves from the next session on; this one goes on. */
    private void renewWhenDue(GrpcClientRequest<AgentFrame, McsFrame> request) {
        Instant now = clock.instant();
        if (welcomed && !now.isBefore(held.renewal()) && !now.isBefore(nextRenewal)) {
            nextRenewal = now.plus(RENEWAL_INTERVAL);
            // The same key for each attempt: whichever is answered, it fits.
            successor = successor == null ? Pem.newKeyPair() : successor;
            request.write(AgentFrame.newBuilder().setCertificateRequest(CertificateRequest.newBuilder()
                    .setPublicKey(ByteString.copyFrom(successor.getPublic().getEncoded()))).build());
        }
    }

    private void hear(Certificates answer) {
        switch (answer.getPurpose()) {
            case FOR_SESSIONS -> keep(answer);
            case FOR_HYPERVISOR -> hypervisor.ifPresent(it -> it.hear(held, answer));
            case UNRECOGNIZED -> LOG.warn("the MCS sent a certificate for a purpose that this agent does not know");
        }
    }

    private void keep(Certificates answer) {
        KeyPair pair = successor;
        Held before = held;
        if (pair == null) {
            return;
        }
        vertx.executeBlocking(() -> credentials.renewed(before, pair, certificates(answer))).onSuccess(renewed -> {
            held = renewed;
            successor = null;
            LOG.info("this host's certificate is renewed, until {}",
                    renewed.chain().getFirst().getNotAfter().toInstant());
        }).onFailure(problem -> LOG.warn("this host's certificate is not renewed: {}", problem.getMessage()));
    }

    /** @param request whose end it is; null when it never began. Later ends of the same one mean nothing. */
    private void ended(GrpcClientRequest<AgentFrame, McsFrame> request, String reason) {
        if (closed || request != stream) {
            return;
        }
        Duration wait = backoff.next();
        // Said once, not every second.
        LOG.atLevel(reason.equals(lastEnd) ? Level.DEBUG : Level.WARN).log("the MCS at {} {}; next attempt in {} ms",
                address, reason, wait.toMillis());
        lastEnd = reason;
        drop();
        vertx.setTimer(wait.toMillis(), _ -> dial());
    }

    private void drop() {
        GrpcClientRequest<AgentFrame, McsFrame> old = stream;
        stream = null;
        outbox.close();
        if (old != null) {
            old.cancel();
            old.connection().close();
        }
        hangUp();
    }

    private void hangUp() {
        if (client != null) {
            client.close();
            client = null;
        }
    }
}
