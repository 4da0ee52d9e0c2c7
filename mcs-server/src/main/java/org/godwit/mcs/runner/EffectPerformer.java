package org.godwit.mcs.runner;

import inet.ipaddr.ipv6.IPv6Address;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.godwit.mcs.agents.AgentLostException;
import org.godwit.mcs.agents.Agents;
import org.godwit.mcs.ims.AddressMappings;
import org.godwit.mcs.ims.MappingRefusedException;
import org.godwit.mcs.precheck.Forecast;
import org.godwit.mcs.precheck.Manner;
import org.godwit.mcs.store.Intent;
import org.godwit.mcs.store.MigrationStore;
import org.godwit.mcs.store.SqliteMappingStore;
import org.godwit.mcs.store.TakenOverException;
import org.godwit.mcs.workflow.CopyFigures;
import org.godwit.mcs.workflow.DowntimeBy;
import org.godwit.mcs.workflow.Effect;
import org.godwit.mcs.workflow.Event;
import org.godwit.mcs.workflow.MigrationFailure;
import org.godwit.mcs.workflow.MigrationState;
import org.godwit.mcs.workflow.Plan;
import org.godwit.mcs.workflow.Whereabouts;
import org.godwit.model.HomeAddress;
import org.godwit.model.MigrationPhase;
import org.godwit.model.MobileAddress;
import org.godwit.model.Name;
import org.godwit.planner.prediction.Budgets;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.CopyProgress;
import org.godwit.protocol.agent.EgressProbe;
import org.godwit.protocol.agent.Notice;
import org.godwit.protocol.agent.Outcome;
import org.godwit.protocol.agent.SourceFacts;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Performs one effect, at its agent, at the mapping server or in the inventory, and says what became of it. */
final class EffectPerformer {

    private static final Logger LOG = LoggerFactory.getLogger(EffectPerformer.class);

    /** As many as an agent asks. */
    private static final int DESTINATIONS_MAX = 8;

    private final Agents agents;
    private final AddressMappings mappings;
    private final SqliteMappingStore keys;
    private final MigrationStore store;
    private final HomeNetwork network;
    private final StepLimits limits;
    private final Schedule schedule;
    private final Prechecks prechecks;
    private final Map<UUID, CopyProgress> progress = new ConcurrentHashMap<>();

    EffectPerformer(Agents agents, AddressMappings mappings, SqliteMappingStore keys, MigrationStore store,
            HomeNetwork network, StepLimits limits, Schedule schedule, Prechecks prechecks) {
        this.agents = agents;
        this.mappings = mappings;
        this.keys = keys;
        this.store = store;
        this.network = network;
        this.limits = limits;
        this.schedule = schedule;
        this.prechecks = prechecks;
    }

    /** The last one that the running copy has told. */
    Optional<CopyProgress> progress(UUID migration) {
        return Optional.ofNullable(progress.get(migration));
    }

    void forget(UUID migration) {
        progress.remove(migration);
    }

    /**
     * @param again whether it may have been performed before, by this command id
     * @param meanwhile is told what happens before the effect ends
     * @param turns where the disk may be waited for: answers come on threads that others need
     * @return never fails: trouble is an event too
     * @throws TakenOverException when another server goes on with this migration
     */
    CompletableFuture<Event> perform(Intent intent, boolean again, MigrationState state, Consumer<Event> meanwhile,
            Executor turns) {
        Plan plan = state.plan();
        Effect effect = intent.effect();
        try {
            CompletableFuture<Event> done = switch (effect.place()) {
                case SOURCE_HOST -> command(plan.source(), intent, again, state, meanwhile);
                case TARGET_HOST -> effect == Effect.ENROL_AT_TARGET
                        ? command(plan.target(), intent, again, state, meanwhile)
                                .thenApplyAsync(event -> timed(event, plan), turns)
                        : command(plan.target(), intent, again, state, meanwhile);
                case BOTH_HOSTS -> effect == Effect.PRECHECK ? precheck(plan, turns) : askBoth(state);
                case MAPPING_SERVER -> map(effect, state);
                case INVENTORY -> CompletableFuture.completedFuture(place(effect, plan));
            };
            return done.exceptionally(e -> broken(plan, effect, e));
        } catch (TakenOverException e) {
            throw e;
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(broken(plan, effect, e));
        }
    }

    /** Of a cold migration nobody but us knows for how long the VM was away. */
    private Event timed(Event event, Plan plan) {
        if (!(event instanceof Event.GuestReady)) {
            return event;
        }
        long downtimeMs = store.since(plan.id(), MigrationPhase.SHUTDOWN).toMillis();
        return new Event.GuestBooted(
                new CopyFigures(downtimeMs, downtimeMs, 0, 0, 0, 0, 0, 0, 0, 0).by(DowntimeBy.SERVER));
    }

    private static Event broken(Plan plan, Effect effect, Throwable e) {
        if (e.getCause() instanceof Error error) {
            throw error;
        }
        LOG.error("migration={} effect={} failed", plan.id(), effect, e);
        MigrationFailure failure = new MigrationFailure("server_internal", "The control server could not perform "
                + effect + " (" + e.getClass().getSimpleName() + "): look into its log.");
        return effect == Effect.ASK_BOTH_HYPERVISORS
                ? new Event.StillUnclear(failure)
                : AgentAnswers.failed(effect, failure);
    }

    private Event place(Effect effect, Plan plan) {
        boolean returns = effect == Effect.RETURN_VM;
        store.placeVm(plan, returns ? plan.source() : plan.target());
        return returns ? new Event.VmReturned() : new Event.VmMoved();
    }

    // ---- agents ----

    private CompletableFuture<Event> command(Name host, Intent intent, boolean again, MigrationState state,
            Consumer<Event> meanwhile) {
        Effect effect = intent.effect();
        Command command = switch (effect) {
            case ENROL_GUEST, ENROL_AT_TARGET -> enrolment(intent.commandId(), state.plan());
            case SHUT_DOWN -> AgentCommands.shutDown(intent.commandId(), state.plan(), limits.shutdown());
            case PROBE_EGRESS -> AgentCommands.probeEgress(intent.commandId(), state.plan(), egress(state));
            case Effect plain -> AgentCommands.of(plain, intent.commandId(), state);
        };
        return effect == Effect.COPY
                ? copy(host, command, again, state, meanwhile)
                : send(host, effect, command, again, state, notice -> noteProgress(state.plan(), notice));
    }

    private CompletableFuture<Event> copy(Name host, Command command, boolean again, MigrationState state,
            Consumer<Event> meanwhile) {
        Plan plan = state.plan();
        UUID vm = plan.vm().uuid();
        meanwhile.accept(new Event.CopyStarted());
        Agents.Watch source = agents.watch(plan.source(), vm, notice -> {
            if (notice.hasVmPaused()) {
                meanwhile.accept(new Event.VmPaused());
            }
        });
        Agents.Watch target = agents.watch(plan.target(), vm, notice -> {
            if (notice.hasVmResumed()) {
                meanwhile.accept(new Event.VmResumed());
            }
        });
        StallWatch stall = new StallWatch(plan);
        return send(host, Effect.COPY, command, again, state, notice -> {
            noteProgress(plan, notice);
            if (notice.hasCopyProgress()) {
                stall.see(notice.getCopyProgress()).ifPresent(meanwhile);
            }
        })
                .whenComplete((_, _) -> {
                    source.close();
                    target.close();
                });
    }

    private void noteProgress(Plan plan, Notice notice) {
        if (notice.hasCopyProgress()) {
            progress.put(plan.id(), notice.getCopyProgress());
        }
    }

    private CompletableFuture<Event> send(Name host, Effect effect, Command command, boolean again,
            MigrationState state, Consumer<Notice> notices) {
        Duration limit = limits.of(effect);
        Silence silence = new Silence(schedule, limit);
        return silence.of(agents.perform(host, command.toBuilder().setSentAgain(again).build(), notice -> {
            if (notice.hasCopyProgress()) {
                silence.told(notice.getCopyProgress());
            }
            notices.accept(notice);
        }))
                .handle((outcome, e) -> e == null
                        ? AgentAnswers.of(effect, outcome, state)
                        : silent(effect, e instanceof AgentLostException
                                ? new MigrationFailure("agent_lost", e.getMessage())
                                : new MigrationFailure("time_limit", "Host " + host + " did not finish " + effect
                                        + ": nothing of it was heard for " + limit.toMillis() + " ms.")));
    }

    private static Event silent(Effect effect, MigrationFailure failure) {
        return effect == Effect.COPY ? new Event.CopyOutcomeUnknown(failure) : new Event.StepTimedOut(effect, failure);
    }

    private Command enrolment(UUID id, Plan plan) {
        HomeAddress hoa = plan.vm().hoa();
        MappingKey key = keys.key(hoa)
                .orElseThrow(() -> new IllegalStateException(hoa + " is not enrolled at the mapping server"));
        return AgentCommands.enrol(id, plan, network.enrolment(hoa, key));
    }

    /** From the MoA that the guest has formed, to the mapping server and to where the VM's peers are. */
    private EgressProbe egress(MigrationState state) {
        List<IPv6Address> destinations = Stream
                .concat(Stream.of(network.imsAddress()),
                        mappings.peersOf(state.plan().vm().hoa()).stream().map(MobileAddress::address))
                .distinct().limit(DESTINATIONS_MAX).toList();
        return Prechecks.egress(state.plan().targetGateway(), state.knowledge().secondaryMac().orElseThrow(),
                destinations).toBuilder().setMoa(moa(state).toString()).build();
    }

    // ---- both hypervisors ----

    private CompletableFuture<Event> precheck(Plan plan, Executor turns) {
        return prechecks.gather(Prechecks.journey(plan)).thenApplyAsync(facts -> {
            facts.source().facts().map(source -> forecast(plan, source)).ifPresent(it -> store.keep(plan.id(), it));
            return AgentAnswers.checked(facts);
        }, turns);
    }

    private Forecast forecast(Plan plan, SourceFacts source) {
        return Forecast.of(new Manner(Optional.of(plan.strategy()), Budgets.NONE, plan.options()), source,
                store.copies(plan.vm().name(), plan.source(), plan.target()));
    }

    /** With ids of its own each time: an agent answers a known id with its first outcome, and that may be outdated. */
    private CompletableFuture<Event> askBoth(MigrationState state) {
        Plan plan = state.plan();
        return ask(plan.source(), AgentCommands.of(Effect.CANCEL_COPY, UUID.randomUUID(), state))
                .thenApply(outcome -> outcome.hasDone()
                        || AgentAnswers.whereabouts(outcome) == Whereabouts.ABSENT && outcome.hasFailure())
                .exceptionally(_ -> false).thenCompose(stopped -> {
                    CompletableFuture<Whereabouts> source = whereabouts(plan.source(), plan);
                    CompletableFuture<Whereabouts> target = whereabouts(plan.target(), plan);
                    return source.thenCombine(target, (s, t) -> Whereabouts.verdict(plan.strategy(), stopped, s, t));
                });
    }

    private CompletableFuture<Whereabouts> whereabouts(Name host, Plan plan) {
        return ask(host, AgentCommands.inspect(UUID.randomUUID(), plan)).thenApply(AgentAnswers::whereabouts)
                .exceptionally(_ -> Whereabouts.UNREACHABLE);
    }

    private CompletableFuture<Outcome> ask(Name host, Command command) {
        return new Silence(schedule, limits.question()).of(agents.perform(host, command, _ -> {}));
    }

    // ---- the mapping server ----

    private CompletableFuture<Event> map(Effect effect, MigrationState state) {
        Plan plan = state.plan();
        HomeAddress hoa = plan.vm().hoa();
        try {
            return switch (effect) {
                case STAGE_MAPPING -> mappings.stage(hoa, moa(state), plan.epoch())
                        .thenApply(published -> new Event.MappingStaged(published.silent().size()));
                case ACTIVATE_MAPPING -> {
                    // Its subscribers have seen the VM's packets by now: nobody waits for them.
                    mappings.activate(hoa, moa(state), plan.epoch());
                    yield CompletableFuture.completedFuture(new Event.MappingActivated());
                }
                case UNSTAGE_MAPPING -> {
                    withdraw(hoa, plan, state);
                    yield CompletableFuture.completedFuture(new Event.MappingUnstaged());
                }
                case Effect other -> throw new IllegalArgumentException(other + " is nothing for the mapping server");
            };
        } catch (MappingRefusedException e) {
            if (effect == Effect.UNSTAGE_MAPPING) {
                // Whoever owns the mapping now has replaced what we staged.
                LOG.warn("migration={} hoa={} unstaging was refused: {}", plan.id(), hoa, e.getMessage());
                return CompletableFuture.completedFuture(new Event.MappingUnstaged());
            }
            return CompletableFuture.completedFuture(
                    new Event.StepFailed(effect, new MigrationFailure("mapping_server", e.getMessage() + ".")));
        }
    }

    /**
     * What was staged; or what was made active already, for a VM that turned out to run at the source. One that is lost is to be
     * found where the inventory has it.
     */
    private void withdraw(HomeAddress hoa, Plan plan, MigrationState state) {
        Optional<Mapping> known = mappings.lookup(hoa);
        Optional<MobileAddress> before = known.flatMap(Mapping::retired);
        if (state.phase() == MigrationPhase.ROLLBACK && before.isPresent() && state.knowledge().moa().isPresent()
                && known.flatMap(Mapping::active).equals(state.knowledge().moa())) {
            mappings.reinstate(hoa, before.get(), plan.epoch());
        } else {
            mappings.unstage(hoa, plan.epoch());
        }
    }

    private static MobileAddress moa(MigrationState state) {
        return state.knowledge().moa().orElseThrow();
    }
}
