package org.godwit.host.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import org.godwit.host.command.ShutdownNotes.Note;
import org.godwit.host.hypervisor.DomainSnapshot;
import org.godwit.host.hypervisor.DomainSnapshot.State;
import org.godwit.host.hypervisor.DomainXml;
import org.godwit.protocol.agent.CopyDefinition;
import org.godwit.protocol.agent.FailureCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartsTest {

    private static final UUID VM = UUID.fromString("5ca1ab1e-0000-4000-8000-000000000001");
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final FakeHost host = new FakeHost();
    private ShutdownNotes notes;
    private Restarts restarts;

    @BeforeEach
    void aVmRuns() {
        notes = new ShutdownNotes(folder);
        restarts = restarts(() -> NOW);
        host.domains.put(VM, CommandDeskTest.domain(VM, State.RUNNING, "booted"));
    }

    private Restarts restarts(InstantSource clock) {
        return new Restarts(host, host, new PortGuard(host, "br-site"), notes, clock);
    }

    @Test
    void aVmThatIsOffIsStartedByNobodyAndWhenItStaysAllIsAsBefore() {
        host.autostarted = true;
        restarts.shutDown(VM, LIMIT);
        assertThat(host.domains.get(VM).state()).isEqualTo(State.SHUTOFF);
        assertThat(host.autostarted).as("libvirt's daemon may start again meanwhile").isFalse();
        restarts.shutDown(VM, LIMIT);
        assertThat(host.done).as("it is off already").containsExactly("press the power button");
        restarts.start(VM);
        restarts.start(VM);
        assertThat(host.done).containsExactly("press the power button", "start");
        assertThat(host.autostarted).isTrue();
        assertThat(notes.of(VM)).isEmpty();
    }

    @Test
    void aGuestThatDoesNotHeedThePowerButtonRunsOn() {
        host.autostarted = true;
        host.heedsPowerButton = false;
        Instant[] now = {NOW };
        Restarts impatient = restarts(() -> now[0] = now[0].plus(LIMIT.dividedBy(2)));
        expectFailure(FailureCode.SHUTDOWN_FAILED, "has not shut down within 60 s, and runs on",
                () -> impatient.shutDown(VM, LIMIT));
        assertThat(host.domains.get(VM).isRunning()).isTrue();
        assertThat(host.autostarted).isTrue();
        assertThat(notes.of(VM)).isEmpty();
        impatient.start(VM);
        assertThat(host.done).as("it runs").containsExactly("press the power button");
    }

    @Test
    void aGuestThatAnEarlierProcessToldToShutDownIsWaitedForAndStarted() {
        notes.put(VM, new Note(true, NOW.plus(LIMIT)));
        Restarts next = new Restarts(host, host, new PortGuard(host, "br-site"), new ShutdownNotes(folder), () -> {
            host.domains.put(VM, CommandDeskTest.domain(VM, State.SHUTOFF, "shutdown"));
            return NOW;
        });
        next.start(VM);
        assertThat(host.done).containsExactly("start");
        assertThat(host.autostarted).isTrue();
    }

    @Test
    void whatWouldNotComeBackOrNotStayOffIsNotShutDown() {
        DomainSnapshot vm = host.domains.get(VM);
        host.domains.put(VM, new DomainSnapshot(VM, "vm1", State.RUNNING, "booted", 1 << 26, false, vm.xml()));
        expectFailure(FailureCode.SHUTDOWN_FAILED, "is transient", () -> restarts.shutDown(VM, LIMIT));
        host.domains.put(VM, new DomainSnapshot(VM, "vm1", State.RUNNING, "booted", 1 << 26, true,
                DomainXml.parse("<domain><on_poweroff>restart</on_poweroff></domain>")));
        expectFailure(FailureCode.SHUTDOWN_FAILED, "on_poweroff=restart", () -> restarts.shutDown(VM, LIMIT));
        host.domains.put(VM, CommandDeskTest.domain(VM, State.PAUSED, "user"));
        expectFailure(FailureCode.SHUTDOWN_FAILED, "does not run: it is PAUSED (user)",
                () -> restarts.shutDown(VM, LIMIT));
        host.domains.clear();
        expectFailure(FailureCode.VM_UNKNOWN, "has no VM", () -> restarts.shutDown(VM, LIMIT));
        expectFailure(FailureCode.VM_UNKNOWN, "has no VM", () -> restarts.start(VM));
        assertThat(host.done).isEmpty();
    }

    @Test
    void aVmThatSomebodyHasStartedIsNeitherDefinedElsewhereNorForgotten() {
        expectFailure(FailureCode.VM_RUNNING, "somebody has started it",
                () -> restarts.copyDefinition(VM, CopyDefinition.getDefaultInstance(), Map.of()));
        expectFailure(FailureCode.VM_RUNNING, "somebody has started it",
                () -> restarts.whileOff(VM, () -> host.done.add("send its disks")));
        assertThat(host.done).isEmpty();
        host.domains.put(VM, CommandDeskTest.domain(VM, State.SHUTOFF, "shutdown"));
        expectFailure(FailureCode.VM_RUNNING, "somebody has started it",
                () -> restarts.whileOff(VM, () -> restarts.start(VM)));
        expectFailure(FailureCode.VM_RUNNING, "not off", () -> restarts.undefine(VM));
        assertThat(host.domains).containsKey(VM);
        host.domains.clear();
        restarts.undefine(VM);
    }

    private static void expectFailure(FailureCode code, String words, Runnable work) {
        assertThatExceptionOfType(CommandFailedException.class).isThrownBy(work::run)
                .satisfies(failed -> assertThat(failed.failure().getCode()).isEqualTo(code))
                .withMessageContaining(words);
    }
}
