package org.godwit.host.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.godwit.host.alone.Stand;
import org.godwit.host.alone.StandEvent;
import org.godwit.host.alone.VmLedger;
import org.godwit.host.hypervisor.DomainSnapshot;
import org.godwit.host.hypervisor.DomainXml;
import org.godwit.host.hypervisor.Hypervisor.CopyEnd;
import org.godwit.host.hypervisor.Hypervisor.CopyOrder;
import org.godwit.model.Compression;
import org.godwit.model.CopyOptions;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.Name;
import org.godwit.model.StallAction;
import org.godwit.model.Strategy;
import org.godwit.protocol.agent.Arm;
import org.godwit.protocol.agent.CancelCopy;
import org.godwit.protocol.agent.CheckGuest;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.Copy;
import org.godwit.protocol.agent.CopyDefinition;
import org.godwit.protocol.agent.DiscardTarget;
import org.godwit.protocol.agent.DomainState;
import org.godwit.protocol.agent.EnrolGuest;
import org.godwit.protocol.agent.FailureCode;
import org.godwit.protocol.agent.ForceCopy;
import org.godwit.protocol.agent.Gateway;
import org.godwit.protocol.agent.Inspect;
import org.godwit.protocol.agent.Outcome;
import org.godwit.protocol.agent.Outcome.ResultCase;
import org.godwit.protocol.agent.PrepareTarget;
import org.godwit.protocol.agent.ProbeAddress;
import org.godwit.protocol.agent.RecoverCopy;
import org.godwit.protocol.agent.RemoveStaging;
import org.godwit.protocol.agent.Resume;
import org.godwit.protocol.agent.SendDisks;
import org.godwit.protocol.agent.ShutDown;
import org.godwit.protocol.agent.StageAddress;
import org.godwit.protocol.agent.StageGateway;
import org.godwit.protocol.agent.Start;
import org.godwit.protocol.agent.Unstage;
import org.godwit.protocol.guest.GuestReply;
import org.godwit.protocol.guest.RefusalCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandDeskTest {

    private static final UUID VM = UUID.fromString("5ca1ab1e-0000-4000-8000-000000000001");
    private static final MacAddress SECONDARY = MacAddress.of("52:54:00:00:00:02");
    private static final Map<String, MacAddress> GUARDED = Map.of("vnet0", MacAddress.of("52:54:00:00:00:01"), "vnet1",
            SECONDARY);
    private static final Gateway GATEWAY = Gateway.newBuilder().setLinkLocal("fe80::b1").setMac("02:00:00:00:00:b1")
            .setPrefix("2001:db8:b::/64").build();
    private static final DomainXml XML = DomainXml.parse("""
            <domain><devices>
              <interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br-site'/>
                <target dev='vnet0'/></interface>
              <interface type='bridge'><mac address='52:54:00:00:00:02'/><source bridge='gw-idle'/>
                <target dev='vnet1'/></interface>
              <channel type='unix'><source path='/run/vm1.sock'/><target name='org.godwit.guest.0'/></channel>
            </devices></domain>""");

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00.000001Z");

    @TempDir
    Path folder;

    private final FakeHost host = new FakeHost();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private CommandDesk desk;
    private Arrivals arrivals;
    private VmLedger ledger;
    private int sequence;

    @BeforeEach
    void openDesk() {
        HostIdentity identity = new HostIdentity(Name.of("a1"), "qemu+tcp://[2001:db8:a::10]/system", "br-site");
        PortGuard ports = new PortGuard(host, "br-site");
        GuestEffects guest = new GuestEffects(host, ports, "br-site");
        arrivals = new Arrivals(host, ports, DiskParts.arriving(host, folder), "br-site");
        ledger = new VmLedger(folder.resolve("epochs"));
        OutcomeMemory memory = new OutcomeMemory(folder.resolve("outcomes"));
        desk = new CommandDesk(
                new Effects(host, host,
                        new Departures(host, host, DiskParts.leaving(host, folder), guest, identity, host), arrivals,
                        new Restarts(host, host, ports, new ShutdownNotes(folder.resolve("shutdowns")), () -> NOW),
                        guest, identity,
                        threads),
                new Checks(new Checks.Subjects(host, host, host, host, guest, host, DiskParts.SURVEY), "br-site",
                        () -> NOW, threads),
                ledger, memory, host, threads);
        host.domains.put(VM, domain(VM, DomainSnapshot.State.RUNNING, "booted"));
        // A gateway is staged, so that whatever builds on it may be commanded.
        ledger.happened(VM, StandEvent.GATEWAY_STAGING);
    }

    @AfterEach
    void closeThreads() {
        threads.shutdownNow();
    }

    @Test
    void aRunningDomainIsReportedWithTheRolesOfItsInterfaces() {
        Outcome outcome = perform(command -> command.clearVmUuid().clearEpoch()
                .setInspect(Inspect.newBuilder().setDomainName("vm1")));
        assertThat(outcome.getDomain().getState()).isEqualTo(DomainState.DOMAIN_RUNNING);
        assertThat(outcome.getDomain().getUuid()).isEqualTo(VM.toString());
        assertThat(outcome.getDomain().getPrimaryMac()).isEqualTo("52:54:00:00:00:01");
        assertThat(outcome.getDomain().getSecondaryMac()).isEqualTo(SECONDARY.text());
        assertThat(outcome.getDomain().getReason()).isEqualTo("booted");
    }

    @Test
    void anAbsentDomainIsAnAnswerAndNoFailure() {
        host.domains.clear();
        Outcome outcome = perform(command -> command.setInspect(Inspect.getDefaultInstance()));
        assertThat(outcome.getDomain().getState()).isEqualTo(DomainState.DOMAIN_ABSENT);
    }

    @Test
    void aGatewayIsStagedOnTheSecondaryInterface() {
        Outcome outcome = perform(command -> command.setStageGateway(StageGateway.newBuilder().setGateway(GATEWAY)));
        assertThat(outcome.hasDone()).isTrue();
        assertThat(host.done).containsExactly("stage gws-5ca1ab1e with vnet1 as fe80::b1 02:00:00:00:00:b1");
    }

    @Test
    void aGatewayThatIsNoneIsRefused() {
        expectFailure(FailureCode.GATEWAY_STAGING_FAILED, "2001:db8::/48",
                command -> command.setStageGateway(StageGateway.newBuilder()
                        .setGateway(GATEWAY.toBuilder().setPrefix("2001:db8::/48"))));
    }

    @Test
    void aDomainThatIsNotThereOrDoesNotRunIsRefused() {
        host.domains.put(VM, domain(VM, DomainSnapshot.State.PAUSED, "user"));
        expectFailure(FailureCode.VM_NOT_RUNNING, "PAUSED (user)", command -> command.setArm(Arm.getDefaultInstance()));
        host.domains.clear();
        expectFailure(FailureCode.VM_UNKNOWN, "host a1 has no VM", command -> command.setArm(Arm.getDefaultInstance()));
    }

    @Test
    void aLowerEpochIsRefusedAndNothingIsDone() {
        perform(command -> command.setEpoch(9).setArm(Arm.getDefaultInstance()));
        host.done.clear();
        expectFailure(FailureCode.STALE_EPOCH, "has seen epoch 9",
                command -> command.setEpoch(8).setArm(Arm.getDefaultInstance()));
        assertThat(host.done).isEmpty();
    }

    @Test
    void aRepeatedCommandIsAnsweredWithItsFirstOutcome() {
        Command arm = command().setArm(Arm.getDefaultInstance()).build();
        desk.receive(arm);
        Outcome first = next();
        host.reply = Optional.empty();
        desk.receive(arm.toBuilder().setSentAgain(true).build());
        assertThat(next()).isEqualTo(first);
        assertThat(host.done).containsExactly("ask the guest: Arm");
    }

    @Test
    void aRunningCopyDoesNotKeepACancellationWaiting() {
        host.copyMayEnd = new CountDownLatch(1);
        Command copy = command().setCopy(Copy.newBuilder().setTargetLibvirtUri("qemu+tcp://b")).build();
        desk.receive(copy);
        desk.receive(copy.toBuilder().setSentAgain(true).build());
        awaitCopy();
        Command removal = command().setUnstage(Unstage.getDefaultInstance()).build();
        Command cancellation = command().setCancelCopy(CancelCopy.getDefaultInstance()).build();
        desk.receive(removal);
        desk.receive(cancellation);
        // The cancellation's own outcome and the copy's may come in either order.
        Map<String, Outcome> outcomes = Stream.generate(this::next).limit(3)
                .collect(Collectors.toMap(Outcome::getCommandId, outcome -> outcome));
        assertThat(outcomes.get(cancellation.getId()).hasDone()).isTrue();
        assertThat(outcomes.get(removal.getId()).hasDone()).isTrue();
        assertThat(outcomes.get(copy.getId()).getFailure().getCode()).isEqualTo(FailureCode.COPY_CANCELLED);
        assertThat(host.done).containsExactly("end relay", "copy to qemu+tcp://b", "begin relay", "cancel",
                "end relay", "end relay", "ask the guest: Unstage", "remove staging");
        assertThat(host.outcomes).as("one outcome for one id").isEmpty();
    }

    @Test
    void aCopyThatIsCancelledBeforeItsTurnDoesNotBegin() {
        Command copy = command().setCopy(Copy.newBuilder().setTargetLibvirtUri("qemu+tcp://b")).build();
        desk.receive(command().setCancelCopy(CancelCopy.getDefaultInstance()).build());
        assertThat(next().hasDone()).isTrue();
        desk.receive(copy);
        assertThat(next().getFailure().getCode()).isEqualTo(FailureCode.COPY_CANCELLED);
        assertThat(host.done).doesNotContain("copy to qemu+tcp://b");
    }

    @Test
    void aVmThatABrokenCopyLeftIsResumedOrDiscarded() {
        assertThat(perform(command -> command.setResume(Resume.getDefaultInstance())).hasDone()).isTrue();
        host.domains.put(VM, domain(VM, DomainSnapshot.State.PAUSED, "migrating"));
        assertThat(perform(command -> command.setRemoveStaging(RemoveStaging.getDefaultInstance())).hasDone()).isTrue();
        assertThat(host.done).containsSubsequence("resume", "discard remains", "remove staging");
    }

    @Test
    void aVmThatIsHereStillThoughItRunsElsewhereIsNotPassedOver() {
        host.domains.put(VM, domain(VM, DomainSnapshot.State.PAUSED, "user"));
        expectFailure(FailureCode.VM_RUNNING, "host a1 has it, too, PAUSED (user): end it here",
                command -> command.setRemoveStaging(RemoveStaging.getDefaultInstance()));
        assertThat(host.done).doesNotContain("remove staging");
        host.domains.clear();
        assertThat(perform(command -> command.setRemoveStaging(RemoveStaging.getDefaultInstance())).hasDone()).isTrue();
    }

    @Test
    void aCopyTellsItsProgressAndItsNumbers() {
        Outcome outcome = perform(command -> command.setCopy(Copy.getDefaultInstance()));
        assertThat(outcome.getCopy().getVmDowntimeMs()).isEqualTo(50);
        assertThat(outcome.getCopy().getIterations()).isEqualTo(3);
        assertThat(host.notices).singleElement()
                .satisfies(notice -> assertThat(notice.getCopyProgress().getBytesRemaining()).isEqualTo(40));
    }

    @Test
    void whatStillComesIsRelayedFromBeforeThePauseUntilItIsQuiet() {
        host.reply = Optional.of(status("2001:db8:a:0:5054:ff:fe00:1"));
        perform(command -> command.setCopy(Copy.newBuilder().setTargetLibvirtUri("qemu+tcp://b")
                .setTargetMoa("2001:db8:b:0:5054:ff:fe00:2")));
        assertThat(host.done).containsExactly("end relay", "ask the guest: Status",
                "prepare relay from 2001:db8:a:0:5054:ff:fe00:1 to 2001:db8:b:0:5054:ff:fe00:2", "copy to qemu+tcp://b",
                "begin relay", "relay only");
    }

    @Test
    void aCopyThatFailedEndsTheRelayAtOnce() {
        host.copyEnd = new CopyEnd.Failed(false, "connection reset");
        expectFailure(FailureCode.COPY_FAILED, "connection reset",
                command -> command.setCopy(Copy.getDefaultInstance()));
        assertThat(host.done).endsWith("begin relay", "end relay");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2001:db8:a::77", "2001:db8:a:0:5054:ff:fe00:2", "" })
    void aGuestCannotDrawTheTrafficOfOthersToItself(String said) {
        host.reply = Optional.of(status(said));
        Outcome outcome = perform(command -> command
                .setCopy(Copy.newBuilder().setTargetMoa("2001:db8:b:0:5054:ff:fe00:2")));
        assertThat(outcome.hasCopy()).as("the VM is copied all the same").isTrue();
        assertThat(host.done).noneMatch(what -> what.startsWith("prepare relay"));
    }

    @Test
    void theTargetsLinkIsMadeReadyForAVmThatIsExpected() {
        host.domains.clear();
        Outcome outcome = perform(command -> command.setPrepareTarget(PrepareTarget.newBuilder().setDomainName("vm1")
                .setMoa("2001:db8:b:0:5054:ff:fe00:1").setMac("52:54:00:00:00:01").setGateway(GATEWAY)));
        assertThat(outcome.hasTargetPrepared()).isTrue();
        String introduction = "introduce 52:54:00:00:00:01 as 2001:db8:b:0:5054:ff:fe00:1 to fe80::b1";
        assertThat(host.done).as("a VM that comes back is not relayed to where it was").containsExactly("end relay",
                introduction);

        host.domains.put(VM, domain(VM, DomainSnapshot.State.PAUSED, "migration"));
        arrivals.arriving(VM, host);
        assertThat(host.done).endsWith("widen the queue of vnet0");
        assertThat(host.guarded).isEqualTo(GUARDED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2001:db8:a:0:5054:ff:fe00:1", "2001:db8:a::77", "" })
    void aGuestSpeaksForTheAddressesOfItsMacsOnlyWhateverItSays(String said) {
        host.reply = Optional.of(status(said));
        perform(command -> command.setCheckGuest(CheckGuest.getDefaultInstance()));
        assertThat(host.guarded).isEqualTo(GUARDED);
    }

    @Test
    void aGuestThatDoesNotAnswerIsGuardedAllTheSame() {
        host.reply = Optional.empty();
        expectFailure(FailureCode.GUEST_SILENT, "vm1",
                command -> command.setCheckGuest(CheckGuest.getDefaultInstance()));
        assertThat(host.guarded).isEqualTo(GUARDED);
    }

    @Test
    void aGuestThatChoosesItsAddressesOtherwiseIsToldBeforeItIsCutOff() {
        host.reply = Optional.of(status("2001:db8:a::1234"));
        expectFailure(FailureCode.GUEST_REFUSED, "let it form its addresses of its MACs",
                command -> command.setEnrolGuest(enrolment()));
        assertThat(host.guarded).isEmpty();

        host.reply = Optional.of(status("2001:db8:a:0:5054:ff:fe00:1"));
        perform(command -> command.setEnrolGuest(enrolment()));
        assertThat(host.guarded).isEqualTo(GUARDED);
    }

    @Test
    void aDomainThatIsNotExpectedIsLeftAlone() {
        arrivals.arriving(VM, host);
        assertThat(host.done).isEmpty();
    }

    @Test
    void aMoaThatTheGatewayDoesNotServeIsRefused() {
        host.domains.clear();
        expectFailure(FailureCode.TARGET_NOT_READY, "must lie in the gateway's 2001:db8:b::/64",
                command -> command.setPrepareTarget(PrepareTarget.newBuilder().setDomainName("vm1")
                        .setMoa("2001:db8:c::1").setMac("52:54:00:00:00:01").setGateway(GATEWAY)));
    }

    @Test
    void aCopyIsBegunOnceWhateverItsIdAndWhicheverProcess() {
        assertThat(perform(command -> command.setSentAgain(true).setCopy(Copy.getDefaultInstance())).hasCopy())
                .as("sent again, but never begun").isTrue();
        host.done.clear();
        expectFailure(FailureCode.COPY_OUTCOME_UNKNOWN, "a copy was begun already",
                command -> command.setCopy(Copy.getDefaultInstance()));
        assertThat(host.done).isEmpty();
        assertThat(new VmLedger(folder.resolve("epochs")).stand(VM)).isEqualTo(Stand.LEFT);
    }

    @Test
    void theFirstOutcomeIsTheAnswerAfterTheAgentsRestartToo() {
        Command arm = command().setArm(Arm.getDefaultInstance()).build();
        desk.receive(arm);
        Outcome first = next();
        openDesk();
        host.reply = Optional.empty();
        host.done.clear();
        desk.receive(arm.toBuilder().setSentAgain(true).build());
        assertThat(next()).isEqualTo(first);
        assertThat(host.done).isEmpty();
    }

    @Test
    void aSecretIsOnNoDisk() throws IOException {
        host.reply = Optional.of(status("2001:db8:a:0:5054:ff:fe00:1"));
        perform(command -> command.setEnrolGuest(enrolment()));
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)).doesNotContain("secret");
            }
        }
    }

    @Test
    void aPostCopyThatBreaksIsTakenUpAgain() {
        CopyEnd through = host.copyEnd;
        host.domains.put(VM, domain(VM, DomainSnapshot.State.PAUSED, "post-copy failed"));
        host.copyEnd = new CopyEnd.Broken("connection reset");
        expectFailure(FailureCode.POSTCOPY_BROKEN, "connection reset",
                command -> command.setCopy(Copy.newBuilder().setPostCopy(true)));
        assertThat(host.done).as("the VM is there: nothing goes to it here any more").endsWith("relay only");
        assertThat(ledger.stand(VM)).isEqualTo(Stand.COPYING);
        expectFailure(FailureCode.POSTCOPY_BROKEN, "is still at host a1",
                command -> command.setRemoveStaging(RemoveStaging.getDefaultInstance()));
        assertThat(host.done).doesNotContain("abandon");
        host.copyEnd = through;
        Outcome outcome = perform(command -> command
                .setRecoverCopy(RecoverCopy.newBuilder().setTargetLibvirtUri("qemu+tcp://b")));
        assertThat(outcome.hasCopy()).isTrue();
        assertThat(host.done).contains("recover the copy to qemu+tcp://b");
        assertThat(ledger.stand(VM)).isEqualTo(Stand.LEFT);
        host.domains.clear();
        expectFailure(FailureCode.VM_UNKNOWN, "has no VM",
                command -> command.setRecoverCopy(RecoverCopy.getDefaultInstance()));
    }

    @Test
    void whatIsGivenUpEndsOnBothSidesAndNothingOfItIsLeft() {
        host.domains.put(VM, domain(VM, DomainSnapshot.State.PAUSED, "post-copy failed"));
        ledger.happened(VM, StandEvent.GATEWAY_STAGING);
        assertThat(perform(command -> command.setRemoveStaging(RemoveStaging.newBuilder().setAbandon(true))).hasDone())
                .isTrue();
        assertThat(host.done).containsExactly("end relay", "abandon", "remove staging");
        assertThat(ledger.stand(VM)).isEqualTo(Stand.IDLE);

        ledger.happened(VM, StandEvent.VM_EXPECTED);
        assertThat(perform(command -> command.setDiscardTarget(DiscardTarget.newBuilder().setAbandon(true))).hasDone())
                .isTrue();
        assertThat(host.done).endsWith("abandon");
        assertThat(ledger.stand(VM)).isEqualTo(Stand.IDLE);
    }

    @Test
    void theMemoryTravelsAsItIsSaid() {
        for (Copy.Builder copy : List.of(Copy.newBuilder(), Copy.newBuilder().setPostCopy(true),
                Copy.newBuilder().setPostCopy(true).setPostCopyAtOnce(true), Copy.newBuilder().setSuspended(true))) {
            ledger.happened(VM, StandEvent.GATEWAY_STAGING);
            assertThat(perform(command -> command.setCopy(copy)).getCopy().getPostCopyRequests()).isEqualTo(4);
        }
        assertThat(host.orders).extracting(CopyOrder::strategy).containsExactly(Strategy.PRE_COPY,
                Strategy.HYBRID_COPY, Strategy.POST_COPY, Strategy.SUSPENDED);
        assertThat(host.orders).extracting(CopyOrder::options).containsOnly(CopyOptions.STANDARD);
    }

    @Test
    void theMemoryTravelsWithTheOptionsThatAreSaid() {
        ledger.happened(VM, StandEvent.GATEWAY_STAGING);
        perform(command -> command.setCopy(Copy.newBuilder().setPostCopyPossible(true)
                .setOptions(org.godwit.protocol.agent.CopyOptions.newBuilder().setBandwidthMibPerSecond(40)
                        .setDowntimeLimitMs(70).setAutoConverge(true).setCompression("xbzrle"))));
        assertThat(host.orders).singleElement().extracting(CopyOrder::options)
                .isEqualTo(new CopyOptions(OptionalInt.of(40), OptionalInt.of(70), true, OptionalInt.empty(),
                        Compression.XBZRLE, Optional.empty(), StallAction.POST_COPY));
        ledger.happened(VM, StandEvent.GATEWAY_STAGING);
        expectFailure(FailureCode.AGENT_INTERNAL, "the compression must be one of",
                command -> command.setCopy(Copy.newBuilder().setOptions(
                        org.godwit.protocol.agent.CopyOptions.newBuilder().setCompression("zip"))));
    }

    @Test
    void aCopyIsMadeToEndWhileItRuns() {
        expectFailure(FailureCode.COPY_NOT_RUNNING, "no copy of the VM runs here",
                command -> command.setForceCopy(ForceCopy.newBuilder().setPostCopy(true)));
        host.copyMayEnd = new CountDownLatch(1);
        desk.receive(command().setCopy(Copy.getDefaultInstance()).build());
        awaitCopy();
        assertThat(perform(command -> command.setForceCopy(ForceCopy.newBuilder().setSuspension(true))).hasDone())
                .isTrue();
        assertThat(host.done).contains("force the copy by POST_COPY", "force the copy by SUSPEND");
        expectFailure(FailureCode.AGENT_INTERNAL, "does not say how",
                command -> command.setForceCopy(ForceCopy.getDefaultInstance()));
        host.copyMayEnd.countDown();
    }

    @Test
    void aCopyWhoseEndIsUnknownIsNotCalledFailed() {
        host.copyEnd = new CopyEnd.Unknown("keepalive timeout");
        expectFailure(FailureCode.COPY_OUTCOME_UNKNOWN, "keepalive timeout",
                command -> command.setCopy(Copy.getDefaultInstance()));
    }

    @Test
    void aMoaThatPrefixAndMacDoNotMakeIsNotBelieved() {
        for (String said : List.of("2001:db8:c:0:5054:ff:fe00:2", "2001:db8:b::2")) {
            host.reply = Optional.of(staged(said));
            expectFailure(FailureCode.GUEST_REFUSED, "was asked for 2001:db8:b:0:5054:ff:fe00:2",
                    command -> command.setStageAddress(StageAddress.newBuilder().setGateway(GATEWAY)));
        }
        host.reply = Optional.of(staged("2001:db8:b:0:5054:ff:fe00:2"));
        assertThat(perform(command -> command.setStageAddress(StageAddress.newBuilder().setGateway(GATEWAY)))
                .getStagedAddress().getMoa()).isEqualTo("2001:db8:b:0:5054:ff:fe00:2");
    }

    @Test
    void aGuestThatRefusesToStageTellsWhy() {
        host.reply = Optional.of(new GuestReply.Refused(RefusalCode.NO_ROUTER_ADVERTISEMENT, "none came in 5 s"));
        expectFailure(FailureCode.ADDRESS_STAGING_FAILED, "none came in 5 s",
                command -> command.setStageAddress(StageAddress.newBuilder().setGateway(GATEWAY)));
    }

    @Test
    void unstagingASilentGuestStillRemovesTheHostsPart() {
        host.reply = Optional.empty();
        expectFailure(FailureCode.GUEST_SILENT, "did not answer",
                command -> command.setUnstage(Unstage.getDefaultInstance()));
        assertThat(host.done).containsExactly("end relay", "ask the guest: Unstage", "remove staging");
    }

    @Test
    void aVmIsShutDownDefinedAtTheTargetAndForgottenHere() {
        assertThat(perform(command -> command.setShutDown(ShutDown.newBuilder().setTimeLimitMs(1_000))).hasDone())
                .isTrue();
        assertThat(perform(command -> command.setSendDisks(SendDisks.getDefaultInstance())).getDisksSent().hasDisks())
                .as("it has none here alone").isFalse();
        assertThat(perform(command -> command.setCopyDefinition(CopyDefinition.newBuilder()
                .setTargetLibvirtUri("qemu+tcp://[2001:db8:b::10]/system").setTargetReachableBridge("br-b")
                .setTargetIdleBridge("idle-b"))).hasDone()).isTrue();
        assertThat(host.orders).containsExactly(new CopyOrder("qemu+tcp://[2001:db8:b::10]/system", "br-b", "idle-b",
                Strategy.COLD, CopyOptions.STANDARD, Map.of(), false));
        assertThat(perform(command -> command.setRemoveStaging(RemoveStaging.newBuilder().setDefinition(true)))
                .hasDone()).isTrue();
        assertThat(host.domains).isEmpty();
    }

    @Test
    void disksOfAVmThatIsOffAreNotBegunWithOnceTheyWereCalledOffNorWithoutTls() throws IOException {
        Path image = Files.createFile(folder.resolve("vm1.raw"));
        host.domains.put(VM, new DomainSnapshot(VM, "vm1", DomainSnapshot.State.RUNNING, "booted", 1 << 26, true,
                DomainXml.parse("<domain><devices><disk type='file'><driver type='raw'/><source file='" + image
                        + "'/><target dev='vda'/></disk></devices></domain>")));
        expectFailure(FailureCode.VM_RUNNING, "somebody has started it",
                command -> command.setSendDisks(SendDisks.getDefaultInstance()));
        perform(command -> command.setShutDown(ShutDown.newBuilder().setTimeLimitMs(1_000)));
        expectFailure(FailureCode.COPY_FAILED, "disks travel with transport = tls only",
                command -> command.setSendDisks(SendDisks.getDefaultInstance()));
        perform(command -> command.setCancelCopy(CancelCopy.getDefaultInstance()));
        expectFailure(FailureCode.COPY_CANCELLED, "",
                command -> command.setSendDisks(SendDisks.getDefaultInstance()));
        assertThat(perform(command -> command.setStart(Start.getDefaultInstance())).hasDone()).isTrue();
        assertThat(image).exists();
    }

    @Test
    void imagesThatHaveLeftStayUntilTheGuestHasBootedFromThem() throws IOException {
        Path image = Files.createFile(folder.resolve("vm1.raw"));
        // As an agent before this one has noted it.
        Files.writeString(folder.resolve("disks/leaving/" + VM), "vda raw " + image + "\n");
        host.domains.put(VM, domain(VM, DomainSnapshot.State.SHUTOFF, "shutdown"));
        perform(command -> command.setRemoveStaging(RemoveStaging.newBuilder().setDefinition(true).setKeepDisks(true)));
        assertThat(host.domains).isEmpty();
        assertThat(image).exists();
        perform(command -> command.setRemoveStaging(RemoveStaging.newBuilder().setDefinition(true)));
        assertThat(image).doesNotExist();
    }

    @Test
    void aVmThatIsStartedHereIsExpectedNoLonger() {
        host.domains.clear();
        perform(command -> command.setPrepareTarget(PrepareTarget.newBuilder().setDomainName("vm1")
                .setMoa("2001:db8:a::2").setMac(SECONDARY.text()).setGateway(GATEWAY)));
        assertThat(ledger.stand(VM)).isEqualTo(Stand.EXPECTED);
        host.domains.put(VM, domain(VM, DomainSnapshot.State.SHUTOFF, "unknown"));
        assertThat(perform(command -> command.setStart(Start.getDefaultInstance())).hasDone()).isTrue();
        assertThat(host.domains.get(VM).isRunning()).isTrue();
        assertThat(host.guarded).as("nobody hears it under another name").isEqualTo(GUARDED);
        assertThat(ledger.stand(VM)).isEqualTo(Stand.IDLE);
        expectFailure(FailureCode.VM_RUNNING, "not off",
                command -> command.setDiscardTarget(DiscardTarget.newBuilder().setDefinition(true)));
    }

    @Test
    void anAddressInUseIsNamedWithItsOwner() {
        host.neighbours.put("fe80::2", MacAddress.of("52:54:00:00:00:77"));
        expectFailure(FailureCode.ADDRESS_IN_USE, "fe80::2 is in use on the link of a1 by 52:54:00:00:00:77",
                command -> command.setProbeAddress(
                        ProbeAddress.newBuilder().setAddress("2001:db8:a::2").setLinkLocal("fe80::2")));
        host.neighbours.clear();
        assertThat(perform(command -> command.setProbeAddress(
                ProbeAddress.newBuilder().setAddress("2001:db8:a::2").setLinkLocal("fe80::2"))).hasDone()).isTrue();
    }

    @Test
    void aTargetThatHasTheDomainAlreadyIsNotReady() {
        expectFailure(FailureCode.TARGET_NOT_READY, "has this VM already, RUNNING (booted)",
                command -> command.setPrepareTarget(PrepareTarget.newBuilder().setDomainName("vm1")));
    }

    @Test
    void aTargetWithoutUplinkIsNotReadyAndOneWithItSaysHowToReachIt() {
        host.domains.clear();
        host.lack = Optional.of("the bridge br-site has no uplink");
        expectFailure(FailureCode.TARGET_NOT_READY, "has no uplink",
                command -> command.setPrepareTarget(PrepareTarget.newBuilder().setDomainName("vm1")));
        host.lack = Optional.empty();
        Outcome outcome = perform(
                command -> command.setPrepareTarget(PrepareTarget.newBuilder().setDomainName("vm1")));
        assertThat(outcome.getTargetPrepared().getLibvirtUri()).isEqualTo("qemu+tcp://[2001:db8:a::10]/system");
        assertThat(outcome.getTargetPrepared().getIdleBridge()).isEqualTo("gw-idle");
    }

    @Test
    void aCommandWithoutAVmOrWithoutAnEffectIsAnsweredToo() {
        expectFailure(FailureCode.AGENT_INTERNAL, "vm_uuid must be a UUID",
                command -> command.setVmUuid("vm1").setArm(Arm.getDefaultInstance()));
        expectFailure(FailureCode.AGENT_INTERNAL, "no effect that this agent knows", _ -> {});
    }

    @Test
    void aCommandForWhichThereIsNoThreadIsAnsweredToo() {
        host.hasThreads = false;
        expectFailure(FailureCode.AGENT_INTERNAL, "unable to create native thread",
                command -> command.setResume(Resume.getDefaultInstance()));
        host.hasThreads = true;
        assertThat(perform(command -> command.setResume(Resume.getDefaultInstance())).hasDone()).isTrue();
    }

    @Test
    void anOutcomeThatCouldNotBeWrittenIsWrittenWithTheNextOne() {
        Path file = folder.resolve("full");
        OutcomeMemory memory = new OutcomeMemory(file);
        memory.close();
        for (String id : new String[]{"1", "2", "3" }) {
            memory.finish(Outcome.newBuilder().setCommandId(id).build());
        }
        OutcomeMemory next = new OutcomeMemory(file);
        for (String id : new String[]{"1", "2", "3" }) {
            assertThat(next.begin(id)).isInstanceOf(OutcomeMemory.Known.Finished.class);
        }
    }

    @Test
    void memoryIsBoundedButNeverForgetsWhatRuns() throws IOException {
        Path file = folder.resolve("few");
        OutcomeMemory memory = new OutcomeMemory(file, 2);
        memory.begin("running");
        for (String id : new String[]{"a", "b", "c", "1", "2", "3" }) {
            memory.begin(id);
            memory.finish(Outcome.newBuilder().setCommandId(id).build());
        }
        assertThat(memory.begin("1")).isInstanceOf(OutcomeMemory.Known.New.class);
        assertThat(memory.begin("3")).isInstanceOf(OutcomeMemory.Known.Finished.class);
        assertThat(memory.begin("running")).isInstanceOf(OutcomeMemory.Known.Running.class);
        // A crash in the middle of the next one.
        Files.write(file, new byte[]{100, 10, 3 }, StandardOpenOption.APPEND);
        OutcomeMemory next = new OutcomeMemory(file, 2);
        assertThat(next.begin("2")).isInstanceOf(OutcomeMemory.Known.Finished.class);
        assertThat(next.begin("3")).isInstanceOf(OutcomeMemory.Known.Finished.class);
        assertThat(next.begin("running")).isInstanceOf(OutcomeMemory.Known.New.class);
    }

    private void awaitCopy() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (host.done.stream().noneMatch(what -> what.startsWith("copy to "))) {
            assertThat(System.nanoTime()).as("the copy should have begun").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private Command.Builder command() {
        return Command.newBuilder().setId("command-" + ++sequence).setVmUuid(VM.toString()).setEpoch(1);
    }

    private Outcome perform(Consumer<Command.Builder> effect) {
        Command.Builder command = command();
        effect.accept(command);
        desk.receive(command.build());
        Outcome outcome = next();
        assertThat(outcome.getCommandId()).isEqualTo(command.getId());
        return outcome;
    }

    private void expectFailure(FailureCode code, String words, Consumer<Command.Builder> effect) {
        Outcome outcome = perform(effect);
        assertThat(outcome.getResultCase()).isEqualTo(ResultCase.FAILURE);
        assertThat(outcome.getFailure().getMessage()).contains(words);
        assertThat(outcome.getFailure().getCode()).isEqualTo(code);
    }

    private Outcome next() {
        try {
            Outcome outcome = host.outcomes.poll(30, TimeUnit.SECONDS);
            assertThat(outcome).as("an outcome within 30 s").isNotNull();
            return outcome;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static GuestReply status(String activeMoa) {
        return new GuestReply.GuestStatus(true, Optional.of(HomeAddress.of("2001:db8:face::1")),
                Optional.of(activeMoa).filter(moa -> !moa.isEmpty()).map(MobileAddress::of), Optional.empty(),
                Optional.empty(), true, new Epoch(7));
    }

    private static EnrolGuest enrolment() {
        return EnrolGuest.newBuilder().setHoa("2001:db8:face::1").setHoaSpace("2001:db8:face::/64")
                .setImsAddress("2001:db8:d::53").setImsPort(4342)
                .setImsKey(ByteString.copyFromUtf8("a key that is a secret, 32 bytes")).build();
    }

    private static GuestReply staged(String moa) {
        return new GuestReply.Staged(MobileAddress.of(moa), SECONDARY, LinkLocalAddress.of("fe80::2"));
    }

    static DomainSnapshot domain(UUID vm, DomainSnapshot.State state, String reason) {
        return new DomainSnapshot(vm, "vm1", state, reason, 1 << 26, true, XML);
    }
}
