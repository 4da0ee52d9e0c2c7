package org.godwit.lab.simulation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.godwit.host.alone.Deed;
import org.godwit.host.alone.Stand;
import org.godwit.host.alone.StandEvent;
import org.godwit.host.alone.StandTable;
import org.godwit.lab.simulation.Hypervisors.CopyEnd;
import org.godwit.lab.simulation.Hypervisors.DomainState;
import org.godwit.model.Gateway;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.Name;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.Command.EffectCase;
import org.godwit.protocol.agent.CopyProgress;
import org.godwit.protocol.agent.CopyResult;
import org.godwit.protocol.agent.DisksSent;
import org.godwit.protocol.agent.DomainReport;
import org.godwit.protocol.agent.Done;
import org.godwit.protocol.agent.Failure;
import org.godwit.protocol.agent.FailureCode;
import org.godwit.protocol.agent.GuestStatus;
import org.godwit.protocol.agent.Notice;
import org.godwit.protocol.agent.Outcome;
import org.godwit.protocol.agent.Settled;
import org.godwit.protocol.agent.StagedAddress;
import org.godwit.protocol.agent.TargetPrepared;

/**
 * A host with its agent, by the rules of agent.proto: commands of one VM wait for each other, Inspect and CancelCopy do not;
 * each id is answered with its first outcome; epochs, outcomes and where VMs stand outlive the process. What it does alone
 * the agent's real table decides.
 */
final class SimulatedHost {

    /** The lease, and what an agent waits besides. */
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final Duration TICK = Duration.ofSeconds(5);

    private final Name name;
    private final Gateway gateway;
    private final VirtualTime time;
    private final Chance chance;
    private final Hypervisors hypervisors;
    private final Set<Fence> off;
    private final Map<String, Name> hostsByUri;
    private final Consumer<Supplier<String>> history;
    private final Consumer<String> violated;
    /** On disk. */
    private final Map<UUID, Long> epochs = new HashMap<>();
    /** Of the words that have changed something here. */
    private final Map<UUID, Long> obeyedEpochs = new HashMap<>();
    private final Map<String, Outcome> finished = new HashMap<>();
    private final Map<UUID, Stand> stands = new LinkedHashMap<>();
    /** Of which a copy has begun since their staging was. */
    private final Set<UUID> copied = new HashSet<>();
    /** Of which guests were told to shut down, and until when they may. */
    private final Map<UUID, Duration> shutdowns = new HashMap<>();
    /** In the kernel: dummy bridges and their router advertisements. */
    private final Set<UUID> staging = new LinkedHashSet<>();
    private final Map<MacAddress, MobileAddress> moas = new HashMap<>();
    private Process process = new Process(Duration.ZERO);
    private BooleanSupplier commanded = () -> true;

    /** What is gone when the agent dies. */
    private static final class Process {
        final Set<String> running = new HashSet<>();
        final Map<UUID, Long> calledOff = new HashMap<>();
        final Map<String, Deque<Runnable>> waiting = new LinkedHashMap<>();
        final Set<UUID> looking = new HashSet<>();
        Duration commandedAt;

        Process(Duration startedAt) {
            commandedAt = startedAt;
        }
    }

    SimulatedHost(Name name, Gateway gateway, VirtualTime time, Chance chance, Hypervisors hypervisors, Set<Fence> off,
            Map<String, Name> hostsByUri, Consumer<Supplier<String>> history, Consumer<String> violated) {
        this.name = name;
        this.gateway = gateway;
        this.time = time;
        this.chance = chance;
        this.hypervisors = hypervisors;
        this.off = off;
        this.hostsByUri = hostsByUri;
        this.history = history;
        this.violated = violated;
        hostsByUri.put(uri(), name);
    }

    Name name() {
        return name;
    }

    Gateway gateway() {
        return gateway;
    }

    MobileAddress moaOf(MacAddress mac) {
        return moas.computeIfAbsent(mac, gateway.prefix()::addressOf);
    }

    Set<UUID> staging() {
        return staging;
    }

    /** A new process knows nothing of what the old one was doing, and what comes of that is never told. */
    void restartAgent() {
        process = new Process(time.now());
    }

    /** @param whether there is a session */
    void live(BooleanSupplier whether) {
        commanded = whether;
        tick();
    }

    /** How long this agent has had no session and has not been restarted. */
    Duration aloneFor() {
        return commanded.getAsBoolean() ? Duration.ZERO : time.now().minus(process.commandedAt);
    }

    /** Whether something of a migration is here that the agent could end alone. */
    boolean hasUnfinished(UUID vm) {
        return StandTable.find(stand(vm), seen(vm)).filter(row -> row.to() != row.from() || row.alone().isPresent())
                .filter(row -> row.alone().filter(Deed.DISCARD::equals).isEmpty()).isPresent();
    }

    private Stand stand(UUID vm) {
        return stands.getOrDefault(vm, Stand.IDLE);
    }

    private Optional<StandTable.Row> happened(UUID vm, StandEvent event) {
        Optional<StandTable.Row> row = StandTable.find(stand(vm), event);
        row.ifPresent(found -> stands.put(vm, found.to()));
        return row;
    }

    /** The hypervisor says so. */
    void arrived(UUID vm) {
        happened(vm, StandEvent.VM_ARRIVED);
    }

    // ---- alone ----

    private void tick() {
        if (commanded.getAsBoolean()) {
            process.commandedAt = time.now();
        } else if (off.contains(Fence.LEASE) || aloneFor().compareTo(GRACE) >= 0) {
            List.copyOf(stands.keySet()).stream().filter(vm -> stand(vm) != Stand.IDLE).filter(process.looking::add)
                    .forEach(this::takeTurn);
        }
        time.after(TICK, this::tick);
    }

    private void takeTurn(UUID vm) {
        Process now = process;
        inTurn(vm.toString(), done -> {
            if (process == now) {
                now.looking.remove(vm);
                if (!commanded.getAsBoolean()) {
                    look(vm);
                }
            }
            done.run();
        });
    }

    private void look(UUID vm) {
        Optional<Deed> deed = happened(vm, seen(vm)).flatMap(StandTable.Row::alone);
        if (deed.isPresent() && perform(vm, deed.get())) {
            history.accept(() -> name + " alone: " + deed.get() + " of " + hypervisors.guest(vm).name + " ");
            deed.get().done().ifPresent(event -> happened(vm, event));
        }
    }

    private StandEvent seen(UUID vm) {
        Optional<DomainState> state = hypervisors.state(vm, name);
        if (state.isEmpty()) {
            return StandEvent.SEEN_ABSENT;
        }
        if (hypervisors.isBeingCopied(vm, name)) {
            return StandEvent.SEEN_COPIED;
        }
        return switch (state.get()) {
            case RUNNING -> StandEvent.SEEN_RUNNING;
            case OFF -> StandEvent.SEEN_ABSENT;
            case PAUSED, INCOMING, POST_COPY, POST_COPY_BROKEN -> StandEvent.SEEN_PAUSED;
        };
    }

    private boolean perform(UUID vm, Deed deed) {
        return switch (deed) {
            case UNSTAGE -> {
                Outcome.Builder inside = unstage(vm);
                yield !inside.hasFailure();
            }
            case REMOVE_STAGING -> {
                staging.remove(vm);
                yield true;
            }
            case SETTLE -> !settle(vm).hasFailure();
            case DISCARD -> true;
        };
    }

    // ---- commanded ----

    /**
     * @param answer may be called much later, or never when the agent dies
     * @param notices are told meanwhile
     */
    void receive(Command command, Consumer<Outcome> answer, Consumer<Notice> notices) {
        Process now = process;
        Outcome known = finished.get(command.getId());
        if (!off.contains(Fence.AGENT_ONCE)) {
            if (known != null) {
                answer.accept(known);
                return;
            }
            if (!now.running.add(command.getId())) {
                return;
            }
        }
        Consumer<Outcome.Builder> done = built -> {
            boolean isHeard = process == now;
            Outcome outcome = built.setCommandId(command.getId()).build();
            history.accept(() -> told(command, outcome) + (isHeard ? "" : " (nobody hears)"));
            if (isHeard) {
                finished.put(command.getId(), outcome);
                answer.accept(outcome);
            }
        };
        if (command.hasCheckSource() || command.hasCheckTarget()) {
            time.after(effort(), () -> {
                if (process == now) {
                    perform(UUID.fromString(command.getVmUuid()), command, done);
                }
            });
            return;
        }
        if (command.hasInspect() || command.hasCancelCopy() || command.hasForceCopy()) {
            time.after(effort(), () -> admit(now, command, done));
            return;
        }
        if (command.hasCopy() && chance.oneIn(2)) {
            time.after(chance.between(Duration.ofSeconds(1), Duration.ofSeconds(60)), () -> {
                if (process == now) {
                    notices.accept(late(command));
                }
            });
        }
        inTurn(command.getVmUuid(), next -> admit(now, command, built -> {
            done.accept(built);
            next.run();
        }));
    }

    /** The copy takes longer than any budget. */
    private static Notice late(Command command) {
        return Notice.newBuilder().setVmUuid(command.getVmUuid()).setCommandId(command.getId())
                .setCopyProgress(CopyProgress.newBuilder().setElapsedMs(Integer.MAX_VALUE)).build();
    }

    private String told(Command command, Outcome outcome) {
        return "%s %s for %s epoch %d: %s %s".formatted(name, command.getEffectCase(),
                hypervisors.guest(UUID.fromString(command.getVmUuid())).name, command.getEpoch(),
                outcome.getResultCase(), outcome.hasFailure()
                        ? outcome.getFailure().getCode()
                        : outcome.hasDomain() ? outcome.getDomain().getState() : "");
    }

    private void inTurn(String vm, Consumer<Runnable> turn) {
        Deque<Runnable> queue = process.waiting.computeIfAbsent(vm, _ -> new ArrayDeque<>());
        queue.add(() -> time.after(effort(), () -> turn.accept(() -> {
            queue.remove();
            Optional.ofNullable(queue.peek()).ifPresent(Runnable::run);
        })));
        if (queue.size() == 1) {
            queue.peek().run();
        }
    }

    private Duration effort() {
        if (chance.isTrouble(15)) {
            return chance.between(Duration.ofSeconds(8), Duration.ofMinutes(4));
        }
        return chance.between(Duration.ofMillis(1), Duration.ofSeconds(chance.isCalm() ? 1 : 8));
    }

    private void admit(Process by, Command command, Consumer<Outcome.Builder> done) {
        if (process != by) {
            return;
        }
        UUID vm = UUID.fromString(command.getVmUuid());
        long highest = epochs.getOrDefault(vm, 0L);
        if (command.getEpoch() < highest && !off.contains(Fence.AGENT_EPOCHS)) {
            done.accept(failure(FailureCode.STALE_EPOCH));
            return;
        }
        if (finished.containsKey(command.getId())) {
            violated.accept(name + " performs " + command.getEffectCase() + " for " + hypervisors.guest(vm).name
                    + " again, which it has answered");
        }
        epochs.put(vm, Math.max(highest, command.getEpoch()));
        if (isMissing(vm, command)) {
            done.accept(command.hasCopy() ? unknown() : failure(FailureCode.STAGING_GONE));
            return;
        }
        if (!command.hasInspect()) {
            long obeyed = obeyedEpochs.merge(vm, command.getEpoch(), Math::max);
            if (command.getEpoch() < obeyed) {
                violated.accept(hypervisors.guest(vm).name + " is no longer in epoch " + command.getEpoch() + ", and "
                        + name + " obeys a word of it after one of epoch " + obeyed);
            }
        }
        perform(vm, command, built -> {
            after(command, built).ifPresent(event -> happened(vm, event));
            done.accept(built);
        });
    }

    /** Whether what the command builds on is not here. */
    private boolean isMissing(UUID vm, Command command) {
        Optional<StandEvent> step = Optional.ofNullable(switch (command.getEffectCase()) {
            case STAGE_GATEWAY -> StandEvent.GATEWAY_STAGING;
            case STAGE_ADDRESS -> StandEvent.ADDRESS_STAGING;
            case ARM -> StandEvent.ARMING;
            case COPY -> StandEvent.COPY_BEGINS;
            case PREPARE_TARGET -> StandEvent.VM_EXPECTED;
            case EffectCase _ -> null;
        });
        Stand before = stand(vm);
        boolean missing = step.isPresent() && happened(vm, step.get()).isEmpty();
        if (missing && command.hasCopy() && before != Stand.IDLE && before != Stand.REVERTING) {
            return !off.contains(Fence.COPY_ONCE);
        }
        return missing && !off.contains(Fence.NOTHING_ON_UNDONE);
    }

    private static Optional<StandEvent> after(Command command, Outcome.Builder outcome) {
        FailureCode failure = outcome.getFailure().getCode();
        if (outcome.hasFailure()) {
            return command.hasCopy()
                    && (failure == FailureCode.COPY_FAILED || failure == FailureCode.COPY_CANCELLED)
                            ? Optional.of(StandEvent.COPY_FAILED)
                            : Optional.empty();
        }
        return Optional.ofNullable(switch (command.getEffectCase()) {
            case COPY, RECOVER_COPY -> StandEvent.COPY_SUCCEEDED;
            case UNSTAGE -> StandEvent.UNSTAGED;
            case REMOVE_STAGING -> StandEvent.STAGING_REMOVED;
            case SETTLE, START -> StandEvent.GUEST_SETTLED;
            case DISCARD_TARGET -> StandEvent.TARGET_DISCARDED;
            case EffectCase _ -> null;
        });
    }

    private void perform(UUID vm, Command command, Consumer<Outcome.Builder> done) {
        switch (command.getEffectCase()) {
            case INSPECT -> done.accept(inspect(vm));
            case CHECK_GUEST -> done.accept(guest(vm, inside -> Outcome.newBuilder().setGuest(status(inside))));
            case ENROL_GUEST -> done.accept(guest(vm, inside -> {
                inside.enrol(name);
                return Outcome.newBuilder().setGuest(status(inside));
            }));
            case STAGE_GATEWAY ->
                done.accept(runs(vm) && !fails() ? stageGateway(vm) : failure(FailureCode.VM_UNKNOWN));
            case STAGE_ADDRESS ->
                done.accept(
                        guest(vm, inside -> stageAddress(inside, command.getStageAddress().getGateway().getPrefix())));
            case PROBE_ADDRESS -> done.accept(fails() ? failure(FailureCode.ADDRESS_IN_USE) : done());
            case ARM -> done.accept(guest(vm, inside -> {
                inside.armed = true;
                return done();
            }));
            case PREPARE_TARGET -> done.accept(hypervisors.state(vm, name).isPresent() || fails()
                    ? failure(FailureCode.TARGET_NOT_READY)
                    : Outcome.newBuilder().setTargetPrepared(TargetPrepared.newBuilder().setLibvirtUri(uri())
                            .setReachableBridge("br-site").setIdleBridge("gw-idle")));
            case CHECK_SOURCE -> done.accept(Outcome.newBuilder().setSourceFacts(SimulatedFacts.source(
                    report(vm), runs(vm) && !fails() && time.now().compareTo(hypervisors.guest(vm).bootedAt) >= 0
                            ? status(hypervisors.guest(vm))
                            : null,
                    time.instant())));
            case CHECK_TARGET -> done.accept(Outcome.newBuilder().setTargetFacts(SimulatedFacts.target(report(vm),
                    gateway, fails(), time.instant())));
            case PROBE_EGRESS -> done.accept(
                    fails()
                            ? failure(FailureCode.TARGET_NOT_READY)
                            : Outcome.newBuilder().setEgress(
                                    SimulatedFacts.echoes(command.getProbeEgress().getProbe().getDestinationsList())));
            case COPY -> copy(vm, command, done);
            case RECOVER_COPY -> {
                if (hypervisors.state(vm, name).isEmpty()) {
                    done.accept(failure(FailureCode.VM_UNKNOWN));
                } else {
                    hypervisors.recover(vm, name, hostsByUri.get(command.getRecoverCopy().getTargetLibvirtUri()),
                            end -> done.accept(result(end)));
                }
            }
            case CANCEL_COPY -> {
                if (!off.contains(Fence.CANCEL_OUTLASTS)) {
                    process.calledOff.merge(vm, command.getEpoch(), Math::max);
                }
                if (!off.contains(Fence.CANCEL_BEFORE_ASKING)) {
                    hypervisors.cancel(vm, name);
                }
                done.accept(done());
            }
            case FORCE_COPY -> done.accept(fails() || !hypervisors.force(vm, name, command.getForceCopy().getPostCopy())
                    ? failure(FailureCode.COPY_NOT_RUNNING)
                    : done());
            case RESUME ->
                done.accept(hypervisors.resume(vm, name) || runs(vm) ? done() : failure(FailureCode.VM_NOT_RUNNING));
            case SHUT_DOWN -> shutDown(vm, Duration.ofMillis(command.getShutDown().getTimeLimitMs()), done);
            case SEND_DISKS -> sendDisks(vm, command, done);
            case COPY_DEFINITION -> done.accept(!fails() && hypervisors.define(vm, name,
                    hostsByUri.get(command.getCopyDefinition().getTargetLibvirtUri()))
                            ? done()
                            : failure(FailureCode.VM_RUNNING));
            case START -> start(vm, done);
            case SETTLE -> done.accept(settle(vm));
            case UNSTAGE -> done.accept(unstage(vm));
            case REMOVE_STAGING -> {
                if (command.getRemoveStaging().getAbandon()) {
                    hypervisors.abandon(vm, name);
                }
                Optional<DomainState> here = hypervisors.state(vm, name);
                if (here.filter(DomainState.POST_COPY_BROKEN::equals).isPresent()) {
                    done.accept(failure(FailureCode.POSTCOPY_BROKEN));
                } else if (here.filter(DomainState.POST_COPY::equals).isPresent()) {
                    done.accept(failure(FailureCode.AGENT_INTERNAL));
                } else {
                    staging.remove(vm);
                    hypervisors.sweep(vm, name);
                    Outcome.Builder removed = command.getRemoveStaging().getDefinition() ? undefine(vm) : done();
                    if (!command.getRemoveStaging().getAbandon() && !command.getRemoveStaging().getKeepDisks()) {
                        hypervisors.removeDisk(vm, name);
                    }
                    done.accept(removed);
                }
            }
            case DISCARD_TARGET -> {
                if (command.getDiscardTarget().getAbandon()) {
                    hypervisors.abandon(vm, name);
                }
                if (fails()) {
                    done.accept(failure(FailureCode.AGENT_INTERNAL));
                } else {
                    Outcome.Builder discarded = command.getDiscardTarget().getDefinition() ? undefine(vm) : done();
                    if (stand(vm) == Stand.EXPECTED) {
                        hypervisors.removeDisk(vm, name);
                    }
                    done.accept(discarded);
                }
            }
            case EFFECT_NOT_SET -> throw new IllegalArgumentException("a command without an effect: " + command);
        }
    }

    private Outcome.Builder inspect(UUID vm) {
        return Outcome.newBuilder().setDomain(report(vm));
    }

    private DomainReport report(UUID vm) {
        DomainReport.Builder report = DomainReport.newBuilder().setUuid(vm.toString()).setPersistent(true)
                .setSecondaryMac(hypervisors.guest(vm).mac.toString());
        Optional<DomainState> state = hypervisors.state(vm, name);
        return report.setState(state.isEmpty()
                ? org.godwit.protocol.agent.DomainState.DOMAIN_ABSENT
                : switch (state.get()) {
                    case RUNNING -> org.godwit.protocol.agent.DomainState.DOMAIN_RUNNING;
                    case OFF -> org.godwit.protocol.agent.DomainState.DOMAIN_SHUTOFF;
                    case PAUSED, INCOMING, POST_COPY, POST_COPY_BROKEN ->
                        org.godwit.protocol.agent.DomainState.DOMAIN_PAUSED;
                })
                .setReason(hypervisors.reason(vm)).build();
    }

    private Outcome.Builder stageGateway(UUID vm) {
        staging.add(vm);
        copied.remove(vm);
        return done();
    }

    private Outcome.Builder stageAddress(GuestState inside, String prefix) {
        Name to = hostsByUri.values().stream().filter(host -> prefix.equals(prefixOf(host))).findFirst().orElseThrow();
        inside.stagedFor = Optional.of(to);
        return Outcome.newBuilder().setStagedAddress(StagedAddress.newBuilder()
                .setMoa(SitePrefix.of(prefix).addressOf(inside.mac).toString())
                .setInterfaceMac(inside.mac.toString()).setLinkLocal(inside.mac.linkLocal().toString()));
    }

    /** Returns when the guest has heeded it, or its time is over. */
    private void shutDown(UUID vm, Duration limit, Consumer<Outcome.Builder> done) {
        if (hypervisors.state(vm, name).isEmpty()) {
            done.accept(failure(FailureCode.VM_UNKNOWN));
            return;
        }
        shutdowns.put(vm, time.now().plus(limit));
        hypervisors.shutDown(vm, name);
        awaitOff(vm, off -> {
            if (!off) {
                shutdowns.remove(vm);
            }
            done.accept(off ? done() : failure(FailureCode.SHUTDOWN_FAILED));
        });
    }

    private void start(UUID vm, Consumer<Outcome.Builder> done) {
        if (shutdowns.containsKey(vm)) {
            awaitOff(vm, _ -> startNow(vm, done));
        } else {
            startNow(vm, done);
        }
    }

    private void startNow(UUID vm, Consumer<Outcome.Builder> done) {
        shutdowns.remove(vm);
        if (hypervisors.state(vm, name).isEmpty()) {
            done.accept(failure(FailureCode.VM_UNKNOWN));
        } else if (runs(vm)) {
            done.accept(done());
        } else {
            hypervisors.start(vm, name, runs -> done.accept(runs ? done() : failure(FailureCode.AGENT_INTERNAL)));
        }
    }

    /** Ends with the process. */
    private void awaitOff(UUID vm, Consumer<Boolean> then) {
        Process now = process;
        boolean late = time.now().compareTo(shutdowns.get(vm)) > 0;
        if (!runs(vm) || late) {
            then.accept(!runs(vm));
            return;
        }
        time.after(Duration.ofMillis(500), () -> {
            if (process == now) {
                awaitOff(vm, then);
            }
        });
    }

    private void sendDisks(UUID vm, Command command, Consumer<Outcome.Builder> done) {
        Duration end = time.now().plus(chance.between(Duration.ofMillis(100), Duration.ofSeconds(60)));
        sendDisks(vm, command, off.contains(Fence.DISKS_WHOLE) ? Duration.ZERO : end, done);
    }

    /** Ends with the process. */
    private void sendDisks(UUID vm, Command command, Duration end, Consumer<Outcome.Builder> done) {
        Process now = process;
        if (now.calledOff.getOrDefault(vm, 0L) >= command.getEpoch()) {
            done.accept(failure(FailureCode.COPY_CANCELLED));
        } else if (time.now().compareTo(end) < 0) {
            time.after(Duration.ofMillis(500), () -> {
                if (process == now) {
                    sendDisks(vm, command, end, done);
                }
            });
        } else {
            done.accept(sent(vm, hostsByUri.get(command.getSendDisks().getTargetLibvirtUri())));
        }
    }

    private Outcome.Builder sent(UUID vm, Name target) {
        if (fails() || hypervisors.state(vm, target).isPresent()) {
            return failure(FailureCode.COPY_FAILED);
        }
        return off.contains(Fence.DISKS_WHOLE) || hypervisors.sendDisk(vm, name, target)
                ? Outcome.newBuilder().setDisksSent(DisksSent.getDefaultInstance())
                : failure(FailureCode.VM_RUNNING);
    }

    private Outcome.Builder undefine(UUID vm) {
        shutdowns.remove(vm);
        return hypervisors.undefine(vm, name) || off.contains(Fence.ONLY_WHAT_IS_OFF)
                ? done()
                : failure(FailureCode.VM_RUNNING);
    }

    private Outcome.Builder settle(UUID vm) {
        return guest(vm, inside -> {
            if (!inside.enrolled) {
                return failure(FailureCode.GUEST_REFUSED);
            }
            inside.activeFor = name;
            inside.settle();
            return Outcome.newBuilder().setSettled(
                    Settled.newBuilder().setActiveMoa(moaOf(inside.mac).toString()).setTrigger("announced"));
        });
    }

    private Outcome.Builder unstage(UUID vm) {
        Outcome.Builder outcome = !runs(vm) ? done() : guest(vm, inside -> {
            inside.settle();
            return done();
        });
        staging.remove(vm);
        return outcome;
    }

    private GuestStatus status(GuestState inside) {
        return GuestStatus.newBuilder().setHoa(inside.hoa.toString()).setEnrolled(inside.enrolled)
                .setArmed(inside.armed).setActiveMoa(inside.enrolled ? moa(inside) : "").build();
    }

    private String moa(GuestState inside) {
        return SitePrefix.of(prefixOf(inside.activeFor)).addressOf(inside.mac).toString();
    }

    private void copy(UUID vm, Command command, Consumer<Outcome.Builder> done) {
        if (process.calledOff.getOrDefault(vm, 0L) >= command.getEpoch()) {
            done.accept(failure(FailureCode.COPY_CANCELLED));
            return;
        }
        if (!copied.add(vm)) {
            violated.accept(name + " copies " + hypervisors.guest(vm).name + " a second time for one staging");
        }
        Name target = hostsByUri.get(command.getCopy().getTargetLibvirtUri());
        hypervisors.copy(vm, name, target, command.getCopy(), end -> done.accept(result(end)));
    }

    private Outcome.Builder unknown() {
        return failure(off.contains(Fence.UNKNOWN_IS_NOT_FAILED)
                ? FailureCode.COPY_FAILED
                : FailureCode.COPY_OUTCOME_UNKNOWN);
    }

    private Outcome.Builder result(CopyEnd end) {
        return switch (end) {
            case COPIED -> Outcome.newBuilder().setCopy(CopyResult.newBuilder().setVmDowntimeMs(50));
            case FAILED -> failure(FailureCode.COPY_FAILED);
            case CANCELLED -> failure(FailureCode.COPY_CANCELLED);
            case BROKEN -> failure(FailureCode.POSTCOPY_BROKEN);
            case UNKNOWN -> unknown();
        };
    }

    private Outcome.Builder guest(UUID vm, Function<GuestState, Outcome.Builder> inside) {
        if (!runs(vm)) {
            return failure(hypervisors.state(vm, name).isEmpty() ? FailureCode.VM_UNKNOWN : FailureCode.VM_NOT_RUNNING);
        }
        return fails() || time.now().compareTo(hypervisors.guest(vm).bootedAt) < 0
                ? failure(FailureCode.GUEST_SILENT)
                : inside.apply(hypervisors.guest(vm));
    }

    private boolean runs(UUID vm) {
        return hypervisors.state(vm, name).filter(DomainState.RUNNING::equals).isPresent();
    }

    private boolean fails() {
        return chance.isTrouble(25);
    }

    private String uri() {
        return "qemu+tcp://" + name + "/system";
    }

    static String prefixOf(Name host) {
        return "2001:db8:" + host.text().substring("host-".length()) + "::/64";
    }

    private static Outcome.Builder done() {
        return Outcome.newBuilder().setDone(Done.getDefaultInstance());
    }

    private static Outcome.Builder failure(FailureCode code) {
        return Outcome.newBuilder().setFailure(Failure.newBuilder().setCode(code).setMessage("simulated " + code));
    }
}
