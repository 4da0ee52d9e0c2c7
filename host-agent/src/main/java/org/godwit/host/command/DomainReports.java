package org.godwit.host.command;

import java.util.Optional;
import org.godwit.host.hypervisor.DomainSnapshot;
import org.godwit.host.hypervisor.DomainXml;
import org.godwit.host.precheck.SourceCheck.GuestView;
import org.godwit.protocol.agent.DomainReport;
import org.godwit.protocol.agent.DomainState;
import org.godwit.protocol.agent.GuestStatus;

/**
 * Domains in the words of agent.proto.
 *
 * @param reachableBridge the interface on it is the primary one
 */
record DomainReports(String reachableBridge, GuestEffects guest) implements GuestView {

    @Override
    public DomainReport report(Optional<DomainSnapshot> domain) {
        return domain.map(this::report)
                .orElse(DomainReport.newBuilder().setState(DomainState.DOMAIN_ABSENT).setReason("absent").build());
    }

    @Override
    public GuestStatus status(DomainSnapshot domain) {
        return guest.look(domain);
    }

    private DomainReport report(DomainSnapshot domain) {
        DomainXml xml = domain.xml();
        return DomainReport.newBuilder().setState(state(domain.state())).setUuid(domain.uuid().toString())
                .setName(domain.name()).setMemoryBytes(domain.memoryBytes()).setReason(domain.reason())
                .setPersistent(domain.persistent())
                .setPrimaryMac(xml.on(reachableBridge).map(nic -> nic.mac().text()).orElse(""))
                .setSecondaryMac(xml.off(reachableBridge).map(nic -> nic.mac().text()).orElse("")).build();
    }

    private static DomainState state(DomainSnapshot.State state) {
        return switch (state) {
            case RUNNING -> DomainState.DOMAIN_RUNNING;
            case PAUSED -> DomainState.DOMAIN_PAUSED;
            case SHUTOFF -> DomainState.DOMAIN_SHUTOFF;
            case OTHER -> DomainState.DOMAIN_OTHER;
        };
    }
}
