package org.godwit.host.session;

import com.google.protobuf.ByteString;
import io.vertx.core.Vertx;
import java.security.cert.CRLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import org.godwit.host.session.HypervisorCertificate.Wanted;
import org.godwit.host.session.IdentityFile.Held;
import org.godwit.protocol.agent.AgentFrame;
import org.godwit.protocol.agent.CertificatePurpose;
import org.godwit.protocol.agent.CertificateRequest;
import org.godwit.protocol.agent.Certificates;
import org.godwit.protocol.agent.Revocations;
import org.godwit.protocol.identity.Pem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees to it, while there is a session, that libvirt has a certificate. Of the session's event loop only. */
final class HypervisorRenewal {

    private static final Logger LOG = LoggerFactory.getLogger(HypervisorRenewal.class);
    /** An answer that was lost, a refusal and a full disk are all tried again then. */
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final Vertx vertx;
    private final HypervisorCertificate certificate;
    private final InstantSource clock;
    private Instant nextLook = Instant.MIN;
    private boolean looking;
    private Optional<Wanted> asked = Optional.empty();

    HypervisorRenewal(Vertx vertx, HypervisorCertificate certificate, InstantSource clock) {
        this.vertx = vertx;
        this.certificate = certificate;
        this.clock = clock;
    }

    /** A session has begun: nothing has been asked for in it. */
    void begin() {
        nextLook = Instant.MIN;
    }

    /** Looks again soon. */
    void hear(Revocations told) {
        try {
            certificate.refuse(Pem.revocations(told.getList().toByteArray()));
            nextLook = Instant.MIN;
        } catch (CRLException e) {
            LOG.warn("the MCS tells which certificates are revoked in a way that is not understood: {}",
                    e.getMessage());
        }
    }

    /** @param out sends to the MCS, in this session */
    void look(Held agent, Consumer<AgentFrame> out) {
        if (looking || clock.instant().isBefore(nextLook)) {
            return;
        }
        looking = true;
        nextLook = clock.instant().plus(INTERVAL);
        vertx.executeBlocking(() -> certificate.look(agent, clock.instant())).onSuccess(wanted -> {
            asked = wanted;
            wanted.ifPresent(it -> out.accept(AgentFrame.newBuilder().setCertificateRequest(
                    CertificateRequest.newBuilder().setPurpose(CertificatePurpose.FOR_HYPERVISOR)
                            .setPublicKey(ByteString.copyFrom(it.publicKey().getEncoded())))
                    .build()));
        }).onFailure(problem -> LOG.warn("libvirt's certificate: {}", problem.getMessage()))
                .onComplete(_ -> looking = false);
    }

    void hear(Held agent, Certificates answer) {
        if (!answer.getRefusal().isEmpty()) {
            LOG.warn("the MCS gives libvirt no certificate: {}", answer.getRefusal());
        } else {
            asked.ifPresent(wanted -> vertx
                    .executeBlocking(() -> certificate.certified(agent, wanted, McsSession.certificates(answer)))
                    .onSuccess(end -> LOG.info("libvirt's certificate for migrations is good until {}", end))
                    .onFailure(problem -> LOG.warn("libvirt's certificate: {}", problem.getMessage())));
        }
        asked = Optional.empty();
    }
}
