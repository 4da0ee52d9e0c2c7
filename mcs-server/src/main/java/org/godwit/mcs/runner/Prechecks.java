package org.godwit.mcs.runner;

import inet.ipaddr.ipv6.IPv6Address;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.godwit.mcs.agents.Agents;
import org.godwit.mcs.precheck.Facts;
import org.godwit.mcs.precheck.Facts.Journey;
import org.godwit.mcs.precheck.Facts.Reply;
import org.godwit.mcs.store.Host;
import org.godwit.mcs.store.InventoryStore;
import org.godwit.mcs.workflow.Plan;
import org.godwit.model.MacAddress;
import org.godwit.model.Name;
import org.godwit.protocol.agent.CheckSource;
import org.godwit.protocol.agent.CheckTarget;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.EgressProbe;
import org.godwit.protocol.agent.Gateway;
import org.godwit.protocol.agent.Outcome;
import org.godwit.protocol.agent.SourceFacts;
import org.godwit.protocol.agent.TargetFacts;

/** Gathers what {@link org.godwit.mcs.precheck.Check} judges: the source is asked first, since the target is asked about its VM. */
final class Prechecks {

    /** Agents give up their slowest question after 20 s. */
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** Three beats. An agent that lives beats whatever it is asked. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(6);
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);

    private final Agents agents;
    private final InventoryStore inventory;
    private final IPv6Address mappingServer;
    private final Schedule schedule;
    private final InstantSource clock;

    /** @param mappingServer who is asked for an echo from the VM's future address */
    Prechecks(Agents agents, InventoryStore inventory, IPv6Address mappingServer, Schedule schedule,
            InstantSource clock) {
        this.agents = agents;
        this.inventory = inventory;
        this.mappingServer = mappingServer;
        this.schedule = schedule;
        this.clock = clock;
    }

    static Journey journey(Plan plan) {
        return new Journey(plan.vm().name(), plan.vm().domain(), plan.vm().uuid(), plan.vm().hoa(), plan.source(),
                plan.target(), plan.targetGateway(), plan.strategy(), plan.options());
    }

    /** For a migration that has begun. @return never fails: who does not answer is a fact, too */
    CompletableFuture<Facts> gather(Journey journey) {
        return gather(journey, Optional.empty(), false);
    }

    /**
     * For somebody who waits: nobody is waited for who is not connected or no longer heard, and QEMU samples the VM's memory for a
     * second.
     *
     * @param operation what is being done with the VM, in words
     */
    CompletableFuture<Facts> preview(Journey journey, Optional<String> operation) {
        return gather(journey, operation, true);
    }

    /** For somebody who waits: what a forecast needs. */
    CompletableFuture<Reply<SourceFacts>> source(Journey journey) {
        return source(journey, true);
    }

    private CompletableFuture<Reply<SourceFacts>> source(Journey journey, boolean preview) {
        Command toSource = command(journey).setCheckSource(CheckSource.newBuilder()
                .setTargetLibvirtUri(libvirtUri(journey.target())).setMeasureDirtyRate(preview)
                .setAskMigrationSupport(journey.asksForMore())).build();
        return ask(journey.source(), preview, toSource, Outcome::hasSourceFacts, Outcome::getSourceFacts);
    }

    private CompletableFuture<Facts> gather(Journey journey, Optional<String> operation, boolean preview) {
        // Now: an answer comes on a thread that must not wait for the disk.
        String sourceLibvirtUri = libvirtUri(journey.source());
        return source(journey, preview)
                .thenCompose(source -> ask(journey.target(), preview,
                        toTarget(journey, sourceLibvirtUri, source.facts()), Outcome::hasTargetFacts,
                        Outcome::getTargetFacts)
                        .thenApply(target -> new Facts(journey, operation, source, target)));
    }

    private Command toTarget(Journey journey, String sourceLibvirtUri, Optional<SourceFacts> source) {
        CheckTarget.Builder check = CheckTarget.newBuilder().setDomainName(journey.domain())
                .setSourceLibvirtUri(sourceLibvirtUri).setGateway(gateway(journey.gateway()))
                .setAskMigrationSupport(journey.asksForMore());
        source.ifPresent(facts -> {
            if (facts.hasHardware()) {
                check.setHardware(facts.getHardware());
            }
            check.addAllStorage(facts.getStorageList());
            secondary(facts).ifPresent(mac -> check.setEgress(
                    egress(journey.gateway(), mac, List.of(mappingServer))));
        });
        return command(journey).setCheckTarget(check).build();
    }

    /** Of the VM's interface that will be on the reachable link; a value that is no MAC is as good as none. */
    static Optional<MacAddress> secondary(SourceFacts facts) {
        try {
            return facts.getDomain().getSecondaryMac().isEmpty()
                    ? Optional.empty()
                    : Optional.of(MacAddress.of(facts.getDomain().getSecondaryMac()));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    static EgressProbe egress(org.godwit.model.Gateway gateway, MacAddress mac, List<IPv6Address> destinations) {
        return EgressProbe.newBuilder().setMoa(gateway.prefix().addressOf(mac).toString()).setMac(mac.toString())
                .setGateway(gateway(gateway))
                .addAllDestinations(destinations.stream().map(IPv6Address::toCanonicalString).toList()).build();
    }

    static Gateway gateway(org.godwit.model.Gateway gateway) {
        return Gateway.newBuilder().setLinkLocal(gateway.linkLocal().toString()).setMac(gateway.mac().toString())
                .setPrefix(gateway.prefix().toString()).build();
    }

    private <T> CompletableFuture<Reply<T>> ask(Name host, boolean preview, Command command, Predicate<Outcome> has,
            Function<Outcome, T> get) {
        Instant asked = clock.instant();
        Optional<String> absence = preview ? absence(host) : Optional.empty();
        if (absence.isPresent()) {
            return CompletableFuture.completedFuture(new Reply<>(Optional.empty(), absence.get(), asked, asked));
        }
        CompletableFuture<Outcome> outcome = agents.perform(host, command, _ -> {});
        Schedule.Alarm alarm = schedule.after(LIMIT, () -> outcome
                .completeExceptionally(new TimeoutException("it said nothing for " + LIMIT.toSeconds() + " s")));
        outcome.whenComplete((_, _) -> alarm.cancel());
        if (preview) {
            watch(host, outcome);
        }
        return outcome.handle((answer, e) -> {
            Optional<T> facts = Optional.ofNullable(answer).filter(has).map(get);
            return new Reply<>(facts, facts.isPresent() ? "" : silence(answer, e), asked, clock.instant());
        });
    }

    /** Why nobody who waits need wait for this agent. */
    private Optional<String> absence(Name host) {
        if (!agents.connected(host)) {
            return Optional.of("it is not connected");
        }
        Duration silence = agents.silence(host);
        return silence.compareTo(SILENCE_MAX) < 0
                ? Optional.empty()
                : Optional.of("nothing has been heard from it for " + silence.toSeconds() + " s");
    }

    /** Looks again and again whether an agent that has been asked is still there. */
    private void watch(Name host, CompletableFuture<Outcome> outcome) {
        Schedule.Alarm look = schedule.after(LOOK_INTERVAL, () -> absence(host).ifPresentOrElse(
                words -> outcome.completeExceptionally(new TimeoutException(words)), () -> watch(host, outcome)));
        outcome.whenComplete((_, _) -> look.cancel());
    }

    private static String silence(Outcome answer, Throwable e) {
        if (answer == null) {
            return e.getMessage();
        }
        return answer.hasFailure()
                ? AgentAnswers.failure(answer.getFailure()).message()
                : "it does not know the question; install matching versions";
    }

    private String libvirtUri(Name host) {
        return inventory.host(host).flatMap(Host::libvirtUri).orElse("");
    }

    /** Checks change nothing, so they have no part in the order of epochs. */
    private static Command.Builder command(Journey journey) {
        return Command.newBuilder().setId(UUID.randomUUID().toString()).setVmUuid(journey.uuid().toString());
    }
}
