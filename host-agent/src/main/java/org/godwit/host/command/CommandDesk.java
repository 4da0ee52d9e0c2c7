package org.godwit.host.command;

import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import org.godwit.host.alone.StandEvent;
import org.godwit.host.alone.VmLedger;
import org.godwit.host.command.OutcomeMemory.Known;
import org.godwit.model.Epoch;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.Command.EffectCase;
import org.godwit.protocol.agent.FailureCode;
import org.godwit.protocol.agent.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Takes commands in and sees to it that each is answered once. Commands of one VM are performed in the order of their
 * arrival; only Inspect, CancelCopy, ForceCopy and checks do not wait, since a copy may keep the others waiting for minutes.
 */
public final class CommandDesk {

    private static final Logger LOG = LoggerFactory.getLogger(CommandDesk.class);

    private static final Set<EffectCase> AT_ONCE = EnumSet.of(EffectCase.INSPECT, EffectCase.CANCEL_COPY,
            EffectCase.FORCE_COPY);

    private final Effects effects;
    private final Checks checks;
    private final VmLedger ledger;
    private final OutcomeMemory memory;
    private final Outbox outbox;
    private final Executor threads;
    private final ConcurrentMap<String, CompletableFuture<Void>> lastOfVm = new ConcurrentHashMap<>();

    /** @param threads on which commands block; a virtual thread each will do */
    public CommandDesk(Effects effects, Checks checks, VmLedger ledger, OutcomeMemory memory, Outbox outbox,
            Executor threads) {
        this.effects = effects;
        this.checks = checks;
        this.ledger = ledger;
        this.memory = memory;
        this.outbox = outbox;
        this.threads = threads;
    }

    /** Returns at once; the outcome goes to the outbox. */
    public void receive(Command command) {
        switch (memory.begin(command.getId())) {
            case Known.Finished(Outcome outcome) -> outbox.deliver(outcome);
            case Known.Running() -> LOG.info("command={} sent again while it runs", command.getId());
            case Known.New() -> start(command);
        }
    }

    private void start(Command command) {
        if (AT_ONCE.contains(command.getEffectCase()) || Checks.isOne(command)) {
            threads.execute(() -> answer(command));
            return;
        }
        inTurn(command.getVmUuid(), () -> answer(command));
    }

    /** Runs it when the commands of this VM that came before have been answered, and before those that come after. */
    void inTurn(UUID vm, Runnable task) {
        inTurn(vm.toString(), task);
    }

    private void inTurn(String vm, Runnable task) {
        CompletableFuture<Void> last = lastOfVm.compute(vm,
                // Whatever became of the one before.
                (_, before) -> (before == null ? CompletableFuture.<Void>completedFuture(null) : before)
                        .handle((_, _) -> null).thenRunAsync(task, threads));
        last.whenComplete((_, _) -> lastOfVm.remove(vm, last));
    }

    private void answer(Command command) {
        try (var _ = MDC.putCloseable("command", command.getId());
                var _ = MDC.putCloseable("vm", command.getVmUuid());
                var _ = MDC.putCloseable("epoch", String.valueOf(command.getEpoch()))) {
            carryOut(command);
        }
    }

    private void carryOut(Command command) {
        Outcome outcome = outcome(command);
        Steps.after(command.getEffectCase(), outcome).ifPresent(event -> note(command, event));
        memory.finish(outcome);
        outbox.deliver(outcome);
    }

    private Outcome outcome(Command command) {
        Outcome.Builder outcome = Outcome.newBuilder().setCommandId(command.getId());
        try {
            LOG.atInfo().addKeyValue("command", command.getId()).addKeyValue("vm", command.getVmUuid())
                    .addKeyValue("epoch", command.getEpoch()).addKeyValue("effect", command.getEffectCase()).log("");
            Optional<UUID> vm = vm(command);
            if (Checks.isOne(command)) {
                checks.perform(command, vm.orElseThrow(), outcome);
            } else {
                vm.ifPresent(known -> admit(known, command));
                effects.perform(command, vm, outcome);
            }
        } catch (CommandFailedException e) {
            LOG.warn("command={} vm={} failed: {}", command.getId(), command.getVmUuid(), e.getMessage());
            LOG.debug("command={}", command.getId(), e);
            outcome.setFailure(e.failure());
        } catch (IllegalArgumentException e) {
            // a value that is no address, no epoch, or empty
            LOG.warn("command={} vm={} makes no sense: {}", command.getId(), command.getVmUuid(), e.getMessage());
            outcome.setFailure(new CommandFailedException(FailureCode.AGENT_INTERNAL,
                    "the command makes no sense to the host agent: " + e.getMessage()).failure());
        } catch (RuntimeException | Error e) {
            // Also that there are no threads: of a copy that is not answered the control server would wait for the end for hours.
            LOG.error("command={} vm={} failed unexpectedly", command.getId(), command.getVmUuid(), e);
            outcome.setFailure(new CommandFailedException(FailureCode.AGENT_INTERNAL,
                    "the host agent failed (its log tells more): " + e.getMessage()).failure());
        }
        return outcome.build();
    }

    private static Optional<UUID> vm(Command command) {
        if (command.getVmUuid().isEmpty() && command.getEffectCase() == EffectCase.INSPECT) {
            return Optional.empty();
        }
        try {
            return Optional.of(UUID.fromString(command.getVmUuid()));
        } catch (IllegalArgumentException e) {
            throw new CommandFailedException(FailureCode.AGENT_INTERNAL,
                    "vm_uuid must be a UUID, got \"" + command.getVmUuid() + "\"", e);
        }
    }

    private void admit(UUID vm, Command command) {
        if (!ledger.admits(vm, new Epoch(command.getEpoch()))) {
            throw new CommandFailedException(FailureCode.STALE_EPOCH, "epoch " + command.getEpoch()
                    + " was given up: this host has seen epoch " + ledger.highest(vm) + " of the VM");
        }
        Optional<StandEvent> step = Steps.before(command.getEffectCase());
        if (step.isPresent() && ledger.happened(vm, step.get()).isEmpty()) {
            // Of a copy it must not be said that it failed: an earlier one of this migration may have taken the VM away.
            throw new CommandFailedException(
                    step.get() == StandEvent.COPY_BEGINS ? FailureCode.COPY_OUTCOME_UNKNOWN : FailureCode.STAGING_GONE,
                    "nothing is staged for this VM here that " + command.getEffectCase() + " could build on (it is "
                            + ledger.stand(vm) + "): the agent has undone it while it was alone, or a copy was begun "
                            + "already");
        }
    }

    /** What cannot be noted is seen again by an agent that is alone. */
    private void note(Command command, StandEvent event) {
        try {
            vm(command).ifPresent(vm -> ledger.happened(vm, event));
        } catch (UncheckedIOException e) {
            LOG.error("vm={} {} cannot be noted: {}", command.getVmUuid(), event, e.getMessage());
        }
    }
}
