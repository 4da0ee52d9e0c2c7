package org.godwit.lab.simulation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.godwit.lab.simulation.Hypervisors.DomainState;
import org.godwit.model.Gateway;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.Name;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.CopyResult;
import org.godwit.protocol.agent.DomainReport;
import org.godwit.protocol.agent.Done;
import org.godwit.protocol.agent.Failure;
import org.godwit.protocol.agent.FailureCode;
import org.godwit.protocol.agent.GuestStatus;
import org.godwit.protocol.agent.Outcome;
import org.godwit.protocol.agent.Settled;
import org.godwit.protocol.agent.StagedAddress;
import org.godwit.protocol.agent.TargetPrepared;

/**
 * A host with its agent, by the rules of agent.proto: commands of one VM wait for each other, Inspect and CancelCopy do not;
 * each id is performed once for as long as the process lives; epochs outlive it.
 */
final class SimulatedHost {

    private final Name name;
    private final Gateway gateway;
    private final VirtualTime time;
    private final Chance chance;
    private final Hypervisors hypervisors;
    private final Set<Fence> off;
    private final Map<String, Name> hostsByUri;
    private final Consumer<String> history;
    /** On disk. */
    private final Map<UUID, Long> epochs = new HashMap<>();
    /** In the kernel: dummy bridges and their router advertisements. */
    private final Set<UUID> staging = new LinkedHashSet<>();
    private Process process = new Process();

    /** What is gone when the agent dies. */
    private static final class Process {
        final Map<String, Outcome> finished = new HashMap<>();
        final Set<String> running = new HashSet<>();
        final Map<UUID, Long> calledOff = new HashMap<>();
        final Map<String, Deque<Runnable>> waiting = new LinkedHashMap<>();
    }

    SimulatedHost(Name name, Gateway gateway, VirtualTime time, Chance chance, Hypervisors hypervisors, Set<Fence> off,
            Map<String, Name> hostsByUri, Consumer<String> history) {
        this.name = name;
        this.gateway = gateway;
        this.time = time;
        this.chance = chance;
        this.hypervisors = hypervisors;
        this.off = off;
        this.hostsByUri = hostsByUri;
        this.history = history;
        hostsByUri.put(uri(), name);
    }

    Name name() {
        return name;
    }

    Gateway gateway() {
        return gateway;
    }

    MobileAddress moaOf(MacAddress mac) {
        return gateway.prefix().addressOf(mac);
    }

    Set<UUID> staging() {
        return staging;
    }

    /** A new process knows nothing of the old one's commands, and their outcomes are never told. */
    void restartAgent() {
        process = new Process();
    }

    /** @param answer may be called much later, or never when the agent dies */
    void receive(Command command, Consumer<Outcome> answer) {
        Process now = process;
        Outcome known = now.finished.get(command.getId());
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
            history.accept("%s %s for %s epoch %d: %s %s%s".formatted(name, command.getEffectCase(),
                    hypervisors.guest(UUID.fromString(command.getVmUuid())).name, command.getEpoch(),
                    built.getResultCase(),
                    built.hasFailure()
                            ? built.getFailure().getCode()
                            : built.hasDomain() ? built.getDomain().getState() : "",
                    process == now ? "" : " (nobody hears)"));
            if (process == now) {
                Outcome outcome = built.setCommandId(command.getId()).build();
                now.finished.put(command.getId(), outcome);
                answer.accept(outcome);
            }
        };
        if (command.hasInspect() || command.hasCancelCopy()) {
            time.after(effort(), () -> admit(now, command, done));
            return;
        }
        Deque<Runnable> queue = now.waiting.computeIfAbsent(command.getVmUuid(), _ -> new ArrayDeque<>());
        queue.add(() -> time.after(effort(), () -> admit(now, command, built -> {
            done.accept(built);
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
        if (command.getEpoch() < highest) {
            done.accept(failure(FailureCode.STALE_EPOCH));
            return;
        }
        epochs.put(vm, Math.max(highest, command.getEpoch()));
        perform(vm, command, done);
    }

    private void perform(UUID vm, Command command, Consumer<Outcome.Builder> done) {
        switch (command.getEffectCase()) {
            case INSPECT -> done.accept(inspect(vm));
            case CHECK_GUEST, ENROL_GUEST -> done.accept(guest(vm, this::status));
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
            case COPY -> copy(vm, command, done);
            case CANCEL_COPY -> {
                if (!off.contains(Fence.CANCEL_OUTLASTS)) {
                    process.calledOff.merge(vm, command.getEpoch(), Math::max);
                }
                if (!off.contains(Fence.CANCEL_BEFORE_ASKING)) {
                    hypervisors.cancel(vm, name);
                }
                done.accept(done());
            }
            case RESUME ->
                done.accept(hypervisors.resume(vm, name) || runs(vm) ? done() : failure(FailureCode.VM_NOT_RUNNING));
            case SETTLE -> done.accept(guest(vm, inside -> {
                inside.activeFor = name;
                inside.settle();
                return Outcome.newBuilder().setSettled(
                        Settled.newBuilder().setActiveMoa(moaOf(inside.mac).toString()).setTrigger("announced"));
            }));
            case UNSTAGE -> {
                Outcome.Builder inside = runs(vm) ? guest(vm, this::unstage) : done();
                staging.remove(vm);
                done.accept(inside);
            }
            case REMOVE_STAGING -> {
                staging.remove(vm);
                hypervisors.sweep(vm, name);
                done.accept(done());
            }
            case DISCARD_TARGET -> done.accept(fails() ? failure(FailureCode.AGENT_INTERNAL) : done());
            case EFFECT_NOT_SET -> throw new IllegalArgumentException("a command without an effect: " + command);
        }
    }

    private Outcome.Builder inspect(UUID vm) {
        DomainReport.Builder report = DomainReport.newBuilder().setUuid(vm.toString())
                .setSecondaryMac(hypervisors.guest(vm).mac.toString());
        Optional<DomainState> state = hypervisors.state(vm, name);
        return Outcome.newBuilder().setDomain(report.setState(state.isEmpty()
                ? org.godwit.protocol.agent.DomainState.DOMAIN_ABSENT
                : switch (state.get()) {
                    case RUNNING -> org.godwit.protocol.agent.DomainState.DOMAIN_RUNNING;
                    case PAUSED, INCOMING -> org.godwit.protocol.agent.DomainState.DOMAIN_PAUSED;
                }));
    }

    private Outcome.Builder stageGateway(UUID vm) {
        staging.add(vm);
        return done();
    }

    private Outcome.Builder stageAddress(GuestState inside, String prefix) {
        Name to = hostsByUri.values().stream().filter(host -> prefix.equals(prefixOf(host))).findFirst().orElseThrow();
        inside.stagedFor = Optional.of(to);
        return Outcome.newBuilder().setStagedAddress(StagedAddress.newBuilder()
                .setMoa(SitePrefix.of(prefix).addressOf(inside.mac).toString())
                .setInterfaceMac(inside.mac.toString()).setLinkLocal(inside.mac.linkLocal().toString()));
    }

    private Outcome.Builder unstage(GuestState inside) {
        inside.settle();
        return done();
    }

    private Outcome.Builder status(GuestState inside) {
        return Outcome.newBuilder().setGuest(GuestStatus.newBuilder().setHoa(inside.hoa.toString()).setEnrolled(true)
                .setArmed(inside.armed));
    }

    private void copy(UUID vm, Command command, Consumer<Outcome.Builder> done) {
        if (command.getSentAgain()) {
            done.accept(failure(FailureCode.COPY_OUTCOME_UNKNOWN));
            return;
        }
        if (process.calledOff.getOrDefault(vm, 0L) >= command.getEpoch()) {
            done.accept(failure(FailureCode.COPY_CANCELLED));
            return;
        }
        Name target = hostsByUri.get(command.getCopy().getTargetLibvirtUri());
        hypervisors.copy(vm, name, target, end -> done.accept(switch (end) {
            case COPIED -> Outcome.newBuilder().setCopy(CopyResult.newBuilder().setVmDowntimeMs(50));
            case FAILED -> failure(FailureCode.COPY_FAILED);
            case CANCELLED -> failure(FailureCode.COPY_CANCELLED);
            case UNKNOWN -> failure(FailureCode.COPY_OUTCOME_UNKNOWN);
        }));
    }

    private Outcome.Builder guest(UUID vm, Function<GuestState, Outcome.Builder> inside) {
        if (!runs(vm)) {
            return failure(hypervisors.state(vm, name).isEmpty() ? FailureCode.VM_UNKNOWN : FailureCode.VM_NOT_RUNNING);
        }
        return fails() ? failure(FailureCode.GUEST_SILENT) : inside.apply(hypervisors.guest(vm));
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
