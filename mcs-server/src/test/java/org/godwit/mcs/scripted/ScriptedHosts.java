package org.godwit.mcs.scripted;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.godwit.mcs.agents.Agents;
import org.godwit.mcs.workflow.Plans;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.CopyProgress;
import org.godwit.protocol.agent.CopyResult;
import org.godwit.protocol.agent.DisksSent;
import org.godwit.protocol.agent.DomainReport;
import org.godwit.protocol.agent.DomainState;
import org.godwit.protocol.agent.Done;
import org.godwit.protocol.agent.Failure;
import org.godwit.protocol.agent.FailureCode;
import org.godwit.protocol.agent.GuestStatus;
import org.godwit.protocol.agent.Notice;
import org.godwit.protocol.agent.Outcome;
import org.godwit.protocol.agent.Settled;
import org.godwit.protocol.agent.StagedAddress;
import org.godwit.protocol.agent.TargetPrepared;
import org.godwit.protocol.agent.VmPaused;

/**
 * The hosts of {@link Plans}: every command succeeds, unless a test says otherwise for a place such as {@code "host-a COPY"}.
 * A repeated command id is answered with its first outcome, as agent.proto demands.
 */
public final class ScriptedHosts {

    /** A command that a test holds back. */
    private record Watcher(String host, Consumer<Notice> notices) {}

    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();

    public record Held(String place, Command command, Consumer<Notice> notices, Consumer<Outcome> answer) {
        public void succeed() {
            answer.accept(ScriptedHosts.success(command, place).setCommandId(command.getId()).build());
        }

        public void fail(FailureCode code) {
            answer.accept(ScriptedHosts.failure(code).setCommandId(command.getId()).build());
        }
    }

    private final List<String> heard = new ArrayList<>();
    private final Map<String, Deque<UnaryOperator<Outcome.Builder>>> scripts = new HashMap<>();
    private final Set<String> holds = new HashSet<>();
    private final Set<String> forgetful = new HashSet<>();
    private final Map<String, Held> held = new HashMap<>();
    private final Map<String, Outcome> outcomes = new HashMap<>();
    private final Set<String> performing = new HashSet<>();

    /** The next command at this place gets this answer; further scripts are for further commands; then all succeed. */
    public synchronized ScriptedHosts script(String place, UnaryOperator<Outcome.Builder> answer) {
        scripts.computeIfAbsent(place, _ -> new ArrayDeque<>()).add(answer);
        return this;
    }

    public ScriptedHosts fails(String place, FailureCode code) {
        return script(place, _ -> failure(code));
    }

    public ScriptedHosts domain(String place, DomainState state) {
        return domain(place, state, "");
    }

    public ScriptedHosts domain(String place, DomainState state, String reason) {
        return script(place, _ -> Outcome.newBuilder()
                .setDomain(DomainReport.newBuilder().setState(state).setReason(reason)));
    }

    /** Commands at this place wait until the test answers them. */
    public synchronized ScriptedHosts hold(String place) {
        holds.add(place);
        return this;
    }

    public synchronized ScriptedHosts release(String place) {
        holds.remove(place);
        return this;
    }

    /** The command that waits at this place, once it is there. */
    public Held held(String place) {
        Wait.until("held: " + place + " of " + heard(), () -> find(place).isPresent());
        return find(place).orElseThrow();
    }

    private synchronized Optional<Held> find(String place) {
        return Optional.ofNullable(held.get(place));
    }

    /** As after a restart of its agent, the host knows no command ids any more. */
    public synchronized void restartAgents() {
        outcomes.clear();
        performing.clear();
        forgetful.add("all");
    }

    /** What was performed, in order, without questions. */
    public synchronized List<String> heard() {
        return List.copyOf(heard);
    }

    /** Takes a command as the agent of a host would. */
    public void take(String host, Command command, Consumer<Notice> notices, Consumer<Outcome> answer) {
        String place = host + " " + command.getEffectCase();
        Outcome outcome;
        synchronized (this) {
            if (outcomes.containsKey(command.getId())) {
                outcome = outcomes.get(command.getId());
            } else if (holds.contains(place) || performing.contains(command.getId())) {
                if (performing.add(command.getId())) {
                    heard.add(place);
                }
                held.put(place, new Held(place, command, notices, done -> {
                    remember(done);
                    answer.accept(done);
                }));
                return;
            } else {
                heard.add(place);
                outcome = perform(place, command, notices);
                remember(outcome);
            }
        }
        answer.accept(outcome);
    }

    /** Listens to what a host's agent says of its own accord. */
    public Agents.Watch watch(String host, Consumer<Notice> notices) {
        Watcher watcher = new Watcher(host, notices);
        watchers.add(watcher);
        return () -> watchers.remove(watcher);
    }

    /** Lets a host's agent say something of its own accord. */
    public void say(String host, UnaryOperator<Notice.Builder> words) {
        Notice notice = words.apply(Notice.newBuilder().setVmUuid(Plans.VM_UUID.toString())).build();
        watchers.stream().filter(watcher -> watcher.host().equals(host))
                .forEach(watcher -> watcher.notices().accept(notice));
    }

    private synchronized void remember(Outcome outcome) {
        performing.remove(outcome.getCommandId());
        outcomes.put(outcome.getCommandId(), outcome);
    }

    private Outcome perform(String place, Command command, Consumer<Notice> notices) {
        if (command.hasCopy() && command.getSentAgain() && !forgetful.isEmpty()) {
            return failure(FailureCode.COPY_OUTCOME_UNKNOWN).setCommandId(command.getId()).build();
        }
        if (command.hasCopy()) {
            notices.accept(notice(command).setCopyProgress(
                    CopyProgress.newBuilder().setBytesTotal(100).setBytesProcessed(60).setBytesRemaining(40)).build());
            say("host-a", notice -> notice.setVmPaused(VmPaused.getDefaultInstance()));
        }
        Outcome.Builder success = success(command, place);
        Deque<UnaryOperator<Outcome.Builder>> script = scripts.get(place);
        UnaryOperator<Outcome.Builder> change = script == null || script.isEmpty()
                ? UnaryOperator.identity()
                : script.poll();
        return change.apply(success).setCommandId(command.getId()).build();
    }

    public static Notice.Builder notice(Command command) {
        return Notice.newBuilder().setVmUuid(command.getVmUuid()).setCommandId(command.getId());
    }

    public static Outcome.Builder failure(FailureCode code) {
        return Outcome.newBuilder()
                .setFailure(Failure.newBuilder().setCode(code).setMessage("The test says " + code + "."));
    }

    public static GuestStatus.Builder guest() {
        return GuestStatus.newBuilder().setEnrolled(true).setHoa(Plans.HOA.toString())
                .setActiveMoa(Plans.MOA_A.toString());
    }

    private static Outcome.Builder success(Command command, String place) {
        Outcome.Builder outcome = Outcome.newBuilder();
        switch (command.getEffectCase()) {
            case INSPECT -> outcome.setDomain(place.startsWith("host-b")
                    ? DomainReport.newBuilder().setState(DomainState.DOMAIN_ABSENT)
                    : DomainReport.newBuilder().setState(DomainState.DOMAIN_RUNNING).setUuid(Plans.VM_UUID.toString())
                            .setSecondaryMac(Plans.SECONDARY_MAC.toString()));
            case CHECK_GUEST -> outcome.setGuest(guest());
            case CHECK_SOURCE -> outcome.setSourceFacts(GoodFacts.source());
            case CHECK_TARGET -> outcome.setTargetFacts(GoodFacts.target());
            case PROBE_EGRESS -> outcome.setEgress(GoodFacts.egress());
            case ENROL_GUEST -> outcome.setGuest(guest().setHoa(command.getEnrolGuest().getHoa())
                    .setActiveMoa((place.startsWith("host-b") ? Plans.MOA_B : Plans.MOA_A).toString()));
            case STAGE_ADDRESS -> outcome.setStagedAddress(StagedAddress.newBuilder().setMoa(Plans.MOA_B.toString())
                    .setInterfaceMac(Plans.SECONDARY_MAC.toString())
                    .setLinkLocal(Plans.SECONDARY_MAC.linkLocal().toString()));
            case PREPARE_TARGET -> outcome.setTargetPrepared(TargetPrepared.newBuilder()
                    .setLibvirtUri("qemu+tcp://[2001:db8:b::10]/system").setReachableBridge("br0")
                    .setIdleBridge("idle0"));
            case COPY, RECOVER_COPY ->
                outcome.setCopy(CopyResult.newBuilder().setVmDowntimeMs(42).setTotalMs(900).setIterations(3)
                        .setPostCopyRequests(11)
                        .setEndedAsPostCopy(command.hasRecoverCopy() || command.getCopy().getPostCopy()));
            case SEND_DISKS -> outcome.setDisksSent(DisksSent.getDefaultInstance());
            case SETTLE -> outcome
                    .setSettled(Settled.newBuilder().setActiveMoa(Plans.MOA_B.toString()).setTrigger("announced"));
            case STAGE_GATEWAY, PROBE_ADDRESS, ARM, CANCEL_COPY, FORCE_COPY, UNSTAGE, REMOVE_STAGING, DISCARD_TARGET,
                    SHUT_DOWN, COPY_DEFINITION, START, EFFECT_NOT_SET ->
                outcome.setDone(Done.getDefaultInstance());
        }
        return outcome;
    }
}
