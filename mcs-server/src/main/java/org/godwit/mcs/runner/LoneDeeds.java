package org.godwit.mcs.runner;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.godwit.mcs.agents.AgentSessions;
import org.godwit.mcs.store.LoneDeed;
import org.godwit.mcs.store.LoneDeedStore;
import org.godwit.model.Epoch;
import org.godwit.model.Name;
import org.godwit.protocol.agent.Deed;
import org.godwit.protocol.agent.DomainState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records what agents did while nobody commanded them. It is told for people: the workflow decides nothing by it. */
public record LoneDeeds(LoneDeedStore store, InstantSource clock) implements AgentSessions.Deeds {

    private static final Logger LOG = LoggerFactory.getLogger(LoneDeeds.class);

    @Override
    public Optional<String> record(Name host, Deed told) {
        try {
            LoneDeed deed = new LoneDeed(host, UUID.fromString(told.getVmUuid()), new Epoch(told.getEpoch()),
                    kind(told), told.getSeen() == DomainState.DOMAIN_RUNNING,
                    Instant.EPOCH.plus(told.getAtUs(), ChronoUnit.MICROS));
            if (store.record(deed, ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()))) {
                LOG.info("vm={} epoch={} host={} alone={} at={}", deed.vm(), deed.epoch(), host, deed.kind(),
                        deed.at());
                return Optional.empty();
            }
            return Optional
                    .of("what it did alone with VM " + deed.vm() + ", of which no migration from or to it is known");
        } catch (IllegalArgumentException | ArithmeticException e) {
            return Optional.of("what it did alone, in words that make no sense");
        }
    }

    private static LoneDeed.Kind kind(Deed told) {
        return switch (told.getKind()) {
            case DEED_UNSTAGE -> LoneDeed.Kind.UNSTAGE;
            case DEED_REMOVE_STAGING -> LoneDeed.Kind.REMOVE_STAGING;
            case DEED_SETTLE -> LoneDeed.Kind.SETTLE;
            case DEED_DISCARD -> LoneDeed.Kind.DISCARD;
            case DEED_INVALID, UNRECOGNIZED -> throw new IllegalArgumentException("no kind of deed");
        };
    }
}
