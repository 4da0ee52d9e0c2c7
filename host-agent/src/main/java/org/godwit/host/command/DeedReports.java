package org.godwit.host.command;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.godwit.host.alone.Deed;
import org.godwit.host.alone.StandEvent;
import org.godwit.host.alone.Witness;
import org.godwit.model.Epoch;
import org.godwit.protocol.agent.DeedKind;
import org.godwit.protocol.agent.DomainState;

/** What was done alone, in the words of agent.proto. */
public record DeedReports(Outbox outbox, InstantSource clock) implements Witness {

    @Override
    public void done(UUID vm, Epoch epoch, Deed deed, StandEvent seen) {
        outbox.report(org.godwit.protocol.agent.Deed.newBuilder().setVmUuid(vm.toString()).setEpoch(epoch.number())
                .setKind(kind(deed)).setSeen(state(seen))
                .setAtUs(ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant())).build());
    }

    private static DeedKind kind(Deed deed) {
        return switch (deed) {
            case UNSTAGE -> DeedKind.DEED_UNSTAGE;
            case REMOVE_STAGING -> DeedKind.DEED_REMOVE_STAGING;
            case SETTLE -> DeedKind.DEED_SETTLE;
            case DISCARD -> DeedKind.DEED_DISCARD;
        };
    }

    private static DomainState state(StandEvent seen) {
        return switch (seen) {
            case SEEN_RUNNING, SEEN_COPIED -> DomainState.DOMAIN_RUNNING;
            case SEEN_PAUSED -> DomainState.DOMAIN_PAUSED;
            case SEEN_ABSENT -> DomainState.DOMAIN_ABSENT;
            case GATEWAY_STAGING, ADDRESS_STAGING, ARMING, COPY_BEGINS, COPY_SUCCEEDED, COPY_FAILED, UNSTAGED,
                    STAGING_REMOVED, VM_EXPECTED, VM_ARRIVED, GUEST_SETTLED, TARGET_DISCARDED ->
                DomainState.DOMAIN_OTHER;
        };
    }
}
