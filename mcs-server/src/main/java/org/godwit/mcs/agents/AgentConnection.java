package org.godwit.mcs.agents;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServerRequest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.godwit.mcs.identity.HostIdentities.Proven;
import org.godwit.mcs.identity.NotProvenException;
import org.godwit.model.Name;
import org.godwit.protocol.agent.AgentFrame;
import org.godwit.protocol.agent.CertificatePurpose;
import org.godwit.protocol.agent.CertificateRequest;
import org.godwit.protocol.agent.Certificates;
import org.godwit.protocol.agent.Hello;
import org.godwit.protocol.agent.McsFrame;
import org.godwit.protocol.agent.Welcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One stream: nothing is heard before a certificate and a hello that say who it is. Lives on one event loop. */
final class AgentConnection implements AgentSessions.Session {

    private static final Logger LOG = LoggerFactory.getLogger(AgentConnection.class);

    private static final int PROTOCOL_VERSION = 1;

    private final Vertx vertx;
    private final Context context;
    private final GrpcServerRequest<AgentFrame, McsFrame> request;
    private final AgentServer.House house;
    private final Admission admission;
    private final Duration lease;
    /** Null until the hello was accepted. */
    private Name host;
    private String libvirtUri = "";
    private boolean ended;
    private long silence;
    private long expiry;

    AgentConnection(Vertx vertx, GrpcServerRequest<AgentFrame, McsFrame> request, AgentServer.House house,
            Admission admission, Duration lease) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.request = request;
        this.house = house;
        this.admission = admission;
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
        if (ended) {
            // Such as of a host that was revoked: its half of the stream may still be open.
            return;
        }
        awaitNextFrame();
        if (host != null && frame.hasCertificateRequest()) {
            certify(frame.getCertificateRequest());
        } else if (host != null) {
            house.sessions().received(host, frame);
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
        vertx.executeBlocking(() -> prove(hello), false).onComplete(proven -> {
            if (proven.failed()) {
                refuse("the certificate is missing, expired, revoked or another host's", proven.cause());
            } else if (!ended) {
                host = proven.result().host();
                libvirtUri = hello.getLibvirtUri();
                endAt(proven.result().until());
                write(welcome());
                admission.opened(request.connection().remoteAddress());
                house.sessions().opened(host, this);
                proveAgain();
                request.resume();
            }
        });
    }

    private Proven prove(Hello hello) {
        Proven proven = house.identities().prove(certificate());
        if (!hello.getHost().equals(proven.host().text())) {
            throw new NotProvenException("a certificate of host " + proven.host() + " with the name of another");
        }
        house.inventory().sawAgent(proven.host(), hello.getLibvirtUri());
        return proven;
    }

    private X509Certificate certificate() {
        try {
            return (X509Certificate) request.connection().peerCertificates().getFirst();
        } catch (SSLPeerUnverifiedException e) {
            throw new NotProvenException("no certificate");
        }
    }

    /** A certificate that was good at the hello may have been revoked while the session was being opened. */
    private void proveAgain() {
        vertx.executeBlocking(() -> house.identities().prove(certificate()), false)
                .onFailure(e -> refuse("the certificate is not good any more", e));
    }

    /** Whoever is refused hears of it when it is recorded. */
    private void refuse(String sentence, Throwable cause) {
        if (ended) {
            return;
        }
        String from = request.connection().remoteAddress().hostAddress();
        vertx.executeBlocking(() -> {
            house.audit().refused("nobody", from, "session", cause.getMessage());
            return null;
        }, false).onFailure(e -> LOG.error("a refusal cannot be recorded", e))
                .onComplete(_ -> finish(GrpcStatus.UNAUTHENTICATED, sentence));
    }

    private void certify(CertificateRequest request) {
        switch (request.getPurpose()) {
            case FOR_SESSIONS -> renew(request);
            case FOR_HYPERVISOR -> certifyHypervisor(request);
            case UNRECOGNIZED -> LOG.warn("host={} certificate=refused reason=\"for a purpose that this server does not"
                    + " know: install matching versions\"", host);
        }
    }

    private void renew(CertificateRequest renewal) {
        Name renewed = host;
        String from = request.connection().remoteAddress().hostAddress();
        vertx.executeBlocking(() -> {
            try {
                List<X509Certificate> chain = house.identities().renew(renewed, renewal.getPublicKey().toByteArray());
                house.audit().record("host:" + renewed, from, "renew",
                        "certificate " + chain.getFirst().getSerialNumber().toString(16));
                return chain;
            } catch (NotProvenException e) {
                house.audit().refused("host:" + renewed, from, "renew", e.getMessage());
                throw e;
            }
        }, false).onSuccess(chain -> {
            if (!ended) {
                endAt(chain.getFirst().getNotAfter().toInstant());
                write(certificates(chain));
            }
        }).onFailure(e -> LOG.warn("host={} certificate=refused reason=\"{}\"", renewed, e.getMessage()));
    }

    private void certifyHypervisor(CertificateRequest asked) {
        Name certified = host;
        String reachedAt = libvirtUri;
        String from = request.connection().remoteAddress().hostAddress();
        vertx.executeBlocking(() -> {
            Certificates.Builder answer;
            try {
                List<X509Certificate> chain = house.identities().certifyHypervisor(certified,
                        asked.getPublicKey().toByteArray(), reachedAt);
                house.audit().record("host:" + certified, from, "certify for migrations",
                        "certificate " + chain.getFirst().getSerialNumber().toString(16));
                answer = AgentServer.certificates(chain).toBuilder();
            } catch (NotProvenException e) {
                house.audit().refused("host:" + certified, from, "certify for migrations", e.getMessage());
                answer = Certificates.newBuilder().setRefusal(e.getMessage());
            }
            return McsFrame.newBuilder().setCertificates(answer.setPurpose(CertificatePurpose.FOR_HYPERVISOR)).build();
        }, false).onSuccess(this::write)
                .onFailure(e -> LOG.warn("host={} certificate=refused reason=\"{}\"", certified, e.getMessage()));
    }

    private static McsFrame certificates(List<X509Certificate> chain) {
        return McsFrame.newBuilder().setCertificates(AgentServer.certificates(chain)).build();
    }

    /** A session lasts no longer than the newest certificate of its host. */
    private void endAt(Instant time) {
        vertx.cancelTimer(expiry);
        expiry = vertx.setTimer(Math.max(1, house.identities().untilMillis(time)),
                _ -> finish(GrpcStatus.UNAUTHENTICATED, "the certificate has expired"));
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
            vertx.cancelTimer(expiry);
            if (host == null) {
                admission.opened(request.connection().remoteAddress());
            } else {
                house.sessions().closed(host, this, reason);
            }
        }
    }
}
