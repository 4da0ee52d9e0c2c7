package org.godwit.host.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.UUID;
import org.godwit.host.alone.Stand;
import org.godwit.host.alone.StandEvent;
import org.godwit.host.alone.VmLedger;
import org.godwit.host.hypervisor.DomainSnapshot;
import org.godwit.host.hypervisor.Hypervisor.Presence;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.Name;
import org.godwit.model.Silences;
import org.godwit.protocol.agent.Arm;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.Copy;
import org.godwit.protocol.agent.Deed;
import org.godwit.protocol.agent.DeedKind;
import org.godwit.protocol.agent.DomainState;
import org.godwit.protocol.agent.FailureCode;
import org.godwit.protocol.agent.Gateway;
import org.godwit.protocol.agent.Outcome;
import org.godwit.protocol.agent.PrepareTarget;
import org.godwit.protocol.agent.StageGateway;
import org.godwit.protocol.guest.FlipTrigger;
import org.godwit.protocol.guest.GuestReply;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agent and its clock; whatever is to be done is done when the test says so. */
class StewardTest {

    private static final UUID VM = UUID.fromString("5ca1ab1e-0000-4000-8000-000000000001");
    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir
    Path folder;

    private final FakeHost host = new FakeHost();
    private final Deque<Runnable> threads = new ArrayDeque<>();
    private VmLedger ledger;
    private CommandDesk desk;
    private Steward steward;
    private boolean commanded = true;
    private long nanos;
    private int sequence;

    @BeforeEach
    void startAgent() {
        HostIdentity identity = new HostIdentity(Name.of("a1"), "qemu+tcp://[2001:db8:a::10]/system", "br-site");
        PortGuard ports = new PortGuard(host, "br-site");
        GuestEffects guest = new GuestEffects(host, ports, "br-site");
        Effects effects = new Effects(host, host,
                new Departures(host, host, DiskParts.leaving(host, folder), guest, identity, host),
                new Arrivals(host, ports, DiskParts.arriving(host, folder), "br-site"),
                new Restarts(host, host, ports, new ShutdownNotes(folder.resolve("shutdowns")),
                        () -> java.time.Instant.EPOCH),
                guest, identity, threads::add);
        ledger = new VmLedger(folder.resolve("epochs"));
        desk = new CommandDesk(effects,
                new Checks(new Checks.Subjects(host, host, host, host, guest, host, DiskParts.SURVEY), "br-site",
                        () -> java.time.Instant.EPOCH,
                        threads::add),
                ledger, new OutcomeMemory(folder.resolve("outcomes")), host, threads::add);
        steward = new Steward(desk, ledger, host, effects,
                new DeedReports(host, () -> java.time.Instant.ofEpochSecond(7)), () -> commanded, () -> nanos);
        host.domains.put(VM, CommandDeskTest.domain(VM, DomainSnapshot.State.RUNNING, "booted"));
        host.done.clear();
    }

    @Test
    void aHostThatIsCommandedDoesNothingByItself() {
        stage();
        pass(Duration.ofMinutes(10));
        assertThat(host.done).isEmpty();
    }

    @Test
    void stagingIsUndoneAfterTheGraceAndNotBefore() {
        stage();
        commanded = false;
        pass(Steward.GRACE.minus(SECOND));
        assertThat(host.done).isEmpty();
        pass(SECOND.multipliedBy(2));
        assertThat(host.done).containsExactly("end relay", "ask the guest: Unstage", "remove staging");
        assertThat(ledger.stand(VM)).isEqualTo(Stand.IDLE);
        assertThat(host.deeds).as("told when somebody listens").containsExactly(Deed.newBuilder()
                .setVmUuid(VM.toString()).setEpoch(1).setKind(DeedKind.DEED_UNSTAGE).setSeen(DomainState.DOMAIN_RUNNING)
                .setAtUs(7_000_000).build());
        host.done.clear();
        pass(Duration.ofMinutes(10));
        assertThat(host.done).as("once").isEmpty();
    }

    @Test
    void aControlServerThatComesBackInTimeFindsEverythingAsItWas() {
        stage();
        commanded = false;
        pass(Steward.GRACE.minus(SECOND));
        commanded = true;
        pass(SECOND);
        commanded = false;
        pass(Steward.GRACE.minus(SECOND));
        assertThat(host.done).isEmpty();
        assertThat(perform(command().setArm(Arm.getDefaultInstance())).hasDone()).isTrue();
    }

    @Test
    void aCommandThatBuildsOnWhatWasUndoneIsRefusedUntilStagingBeginsAnew() {
        stage();
        commanded = false;
        pass(Steward.GRACE.plus(SECOND));
        commanded = true;
        assertThat(perform(command().setArm(Arm.getDefaultInstance())).getFailure().getCode())
                .isEqualTo(FailureCode.STAGING_GONE);
        assertThat(perform(command().setCopy(Copy.getDefaultInstance())).getFailure().getCode())
                .as("that it stayed is for both hypervisors to say").isEqualTo(FailureCode.COPY_OUTCOME_UNKNOWN);
        stage();
        assertThat(perform(command().setArm(Arm.getDefaultInstance())).hasDone()).isTrue();
    }

    @Test
    void aSilentGuestIsAskedAgainAndAgainButNotAllTheTime() {
        stage();
        commanded = false;
        host.reply = Optional.empty();
        pass(Duration.ofMinutes(10));
        assertThat(host.done.stream().filter("ask the guest: Unstage"::equals).count()).isBetween(5L, 20L);
        assertThat(host.deeds).as("not done yet").isEmpty();
        assertThat(ledger.stand(VM)).isEqualTo(Stand.REVERTING);
        host.reply = Optional.of(new GuestReply.Done());
        pass(Duration.ofMinutes(2));
        assertThat(ledger.stand(VM)).isEqualTo(Stand.IDLE);
    }

    @Test
    void aCopyIsLeftToEndAndThenItsRemainsAreRemoved() {
        stage();
        ledger.happened(VM, StandEvent.COPY_BEGINS);
        commanded = false;
        host.presence = Presence.BEING_COPIED;
        pass(Duration.ofMinutes(10));
        host.presence = Presence.PAUSED;
        pass(Duration.ofMinutes(10));
        assertThat(host.done).as("nothing that could make zero or two of it").isEmpty();
        host.presence = Presence.ABSENT;
        pass(Duration.ofSeconds(10));
        assertThat(host.done).containsExactly("remove staging");
        assertThat(ledger.stand(VM)).isEqualTo(Stand.IDLE);
    }

    @Test
    void anAgentThatWasRestartedGoesOnFromTheDisk() {
        stage();
        startAgent();
        commanded = false;
        pass(Steward.GRACE.plus(SECOND));
        assertThat(host.done).contains("ask the guest: Unstage", "remove staging");
    }

    @Test
    void aVmThatHasArrivedIsSettled() {
        host.domains.clear();
        perform(command().setPrepareTarget(PrepareTarget.newBuilder().setDomainName("vm1")));
        commanded = false;
        host.presence = Presence.ABSENT;
        host.done.clear();
        pass(Duration.ofMinutes(1));
        assertThat(host.done).as("its link is left alone").isEmpty();

        host.domains.put(VM, CommandDeskTest.domain(VM, DomainSnapshot.State.RUNNING, "migrated"));
        host.presence = Presence.RUNNING;
        host.reply = Optional.of(new GuestReply.Settled(MobileAddress.of("2001:db8:b::2"), FlipTrigger.RECEIVED,
                new Silences(Optional.of(Duration.ofMillis(119)), Optional.empty())));
        pass(Duration.ofSeconds(10));
        assertThat(host.done).containsExactly("ask the guest: Settle");
        assertThat(ledger.stand(VM)).isEqualTo(Stand.IDLE);
    }

    @Test
    void aLookThatHadToWaitForACommandSeesThatThereIsASessionAgain() {
        stage();
        commanded = false;
        nanos += Steward.GRACE.plus(SECOND).toNanos();
        steward.tick();
        commanded = true;
        work();
        assertThat(host.done).isEmpty();
    }

    private void stage() {
        Gateway gateway = Gateway.newBuilder().setLinkLocal(LinkLocalAddress.of("fe80::b1").toString())
                .setMac(MacAddress.of("02:00:00:00:00:b1").toString()).setPrefix("2001:db8:b::/64").build();
        assertThat(perform(command().setStageGateway(StageGateway.newBuilder().setGateway(gateway))).hasDone())
                .isTrue();
        host.done.clear();
    }

    private void pass(Duration time) {
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(SECOND)) {
            nanos += SECOND.toNanos();
            steward.tick();
            work();
        }
    }

    private void work() {
        while (!threads.isEmpty()) {
            threads.remove().run();
        }
    }

    private Command.Builder command() {
        return Command.newBuilder().setId("command-" + ++sequence).setVmUuid(VM.toString()).setEpoch(1);
    }

    private Outcome perform(Command.Builder command) {
        desk.receive(command.build());
        work();
        return host.outcomes.remove();
    }
}
