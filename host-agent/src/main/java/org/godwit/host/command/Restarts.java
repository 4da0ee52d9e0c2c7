package org.godwit.host.command;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.godwit.host.command.ShutdownNotes.Note;
import org.godwit.host.hypervisor.DomainSnapshot;
import org.godwit.host.hypervisor.DomainSnapshot.State;
import org.godwit.host.hypervisor.Hypervisor;
import org.godwit.host.hypervisor.Hypervisor.CopyOrder;
import org.godwit.host.hypervisor.HypervisorException;
import org.godwit.host.hypervisor.Power;
import org.godwit.model.CopyOptions;
import org.godwit.model.Strategy;
import org.godwit.protocol.agent.CopyDefinition;
import org.godwit.protocol.agent.FailureCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** VMs that are shut down here to be started elsewhere, or the other way round. No VM is ever ended but by its own guest. */
public final class Restarts {

    private static final Logger LOG = LoggerFactory.getLogger(Restarts.class);
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(200);

    private final Hypervisor hypervisor;
    private final Power power;
    private final PortGuard ports;
    private final ShutdownNotes notes;
    private final InstantSource clock;

    public Restarts(Hypervisor hypervisor, Power power, PortGuard ports, ShutdownNotes notes, InstantSource clock) {
        this.hypervisor = hypervisor;
        this.power = power;
        this.ports = ports;
        this.notes = notes;
        this.clock = clock;
    }

    /** Returns when the VM is off, and nothing but a hand will start it. */
    void shutDown(UUID vm, Duration limit) {
        DomainSnapshot domain = find(vm).orElseThrow(() -> unknown(vm));
        lack(domain).ifPresent(lack -> {
            throw failed("VM " + domain.name() + " " + lack);
        });
        // On the disk first: whoever comes after a crash must know what to put back.
        Note note = new Note(notes.of(vm).map(Note::autostarted).orElseGet(() -> power.isAutostarted(vm)),
                clock.instant().plus(limit));
        notes.put(vm, note);
        power.autostart(vm, false);
        if (domain.state() == State.SHUTOFF) {
            return;
        }
        power.shutDown(vm);
        if (!awaitOff(vm, note.until())) {
            putBack(vm);
            throw failed("VM " + domain.name() + " has not shut down within " + limit.toSeconds()
                    + " s, and runs on: see that its guest heeds the power button (ACPI). Should it shut down yet, start it");
        }
    }

    private static Optional<String> lack(DomainSnapshot domain) {
        if (!domain.persistent()) {
            return Optional.of("is transient: libvirt would forget it when it is off. Define it (virsh define)");
        }
        if (!domain.xml().onPowerOff().equals("destroy")) {
            return Optional.of("would not stay off: its definition says on_poweroff=" + domain.xml().onPowerOff()
                    + ". Let that be destroy");
        }
        return domain.state() == State.RUNNING || domain.state() == State.SHUTOFF
                ? Optional.empty()
                : Optional.of("does not run: it is " + domain.state() + " (" + domain.reason() + ")");
    }

    /** Does something with a VM that is off, and stays so. */
    void whileOff(UUID vm, Runnable work) {
        requireOff(find(vm).orElseThrow(() -> unknown(vm)));
        work.run();
        // Whoever starts it meanwhile wants it here.
        find(vm).ifPresent(Restarts::requireOff);
    }

    /** @param disks that were sent there, by what the VM knows them as */
    void copyDefinition(UUID vm, CopyDefinition command, Map<String, Path> disks) {
        whileOff(vm, () -> power.copyDefinition(vm, new CopyOrder(command.getTargetLibvirtUri(),
                command.getTargetReachableBridge(), command.getTargetIdleBridge(), Strategy.COLD, CopyOptions.STANDARD,
                disks, false)));
    }

    private static void requireOff(DomainSnapshot domain) {
        if (domain.state() != State.SHUTOFF) {
            throw new CommandFailedException(FailureCode.VM_RUNNING, "VM " + domain.name()
                    + " was shut down to be moved, and somebody has started it: it is " + domain.state() + " ("
                    + domain.reason() + ")");
        }
    }

    /** A guest that was told to shut down, and may do so yet, is waited for: else it would be off and nobody would start it. */
    void start(UUID vm) {
        notes.of(vm).ifPresent(note -> awaitOff(vm, note.until()));
        DomainSnapshot domain = find(vm).orElseThrow(() -> unknown(vm));
        if (domain.state() == State.SHUTOFF) {
            power.start(vm);
            LOG.info("vm={} started", vm);
        }
        putBack(vm);
        DomainSnapshot started = find(vm).orElseThrow(() -> unknown(vm));
        if (!started.isRunning()) {
            throw new CommandFailedException(FailureCode.VM_NOT_RUNNING, "VM " + started.name()
                    + " was started and does not run: it is " + started.state() + " (" + started.reason() + ")");
        }
        ports.guard(started);
    }

    private void putBack(UUID vm) {
        if (notes.of(vm).filter(Note::autostarted).isPresent()) {
            power.autostart(vm, true);
        }
        notes.remove(vm);
    }

    void undefine(UUID vm) {
        if (!power.undefine(vm)) {
            throw new CommandFailedException(FailureCode.VM_RUNNING,
                    "a domain of the VM is here and not off, though it is to be forgotten here");
        }
        notes.remove(vm);
    }

    /** Nothing is to be put right any more: the VM is lost. */
    void forget(UUID vm) {
        notes.remove(vm);
    }

    private boolean awaitOff(UUID vm, Instant until) {
        while (true) {
            boolean late = clock.instant().isAfter(until);
            if (find(vm).filter(domain -> domain.state() != State.SHUTOFF).isEmpty()) {
                return true;
            }
            if (late) {
                return false;
            }
            LockSupport.parkNanos(LOOK_INTERVAL.toNanos());
            if (Thread.currentThread().isInterrupted()) {
                throw new HypervisorException("stopped while the VM was shutting down");
            }
        }
    }

    private Optional<DomainSnapshot> find(UUID vm) {
        return hypervisor.find(vm);
    }

    private static CommandFailedException failed(String message) {
        return new CommandFailedException(FailureCode.SHUTDOWN_FAILED, message);
    }

    private static CommandFailedException unknown(UUID vm) {
        return new CommandFailedException(FailureCode.VM_UNKNOWN, "this host has no VM " + vm);
    }
}
