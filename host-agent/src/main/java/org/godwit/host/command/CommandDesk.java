package org.godwit.host.command;

import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import org.godwit.host.command.OutcomeMemory.Known;
import org.godwit.model.Epoch;
import org.godwit.protocol.agent.Command;
import org.godwit.protocol.agent.Command.EffectCase;
import org.godwit.protocol.agent.FailureCode;
import org.godwit.protocol.agent.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes commands in and sees to it that each is answered once. Commands of one VM are performed in the order of their
 * arrival; only Inspect, CancelCopy and checks do not wait, since a copy may keep the others waiting for minutes.
 */
public final class CommandDesk {

    private static final Logger LOG = LoggerFactory.getLogger(CommandDesk.class);
    private static final int OUTCOMES_KEPT_MAX = 1024;

    private final Effects effects;
    private final Checks checks;
    private final EpochFence fence;
    private final Outbox outbox;
    private final Executor threads;
    private final OutcomeMemory memory = new OutcomeMemory(OUTCOMES_KEPT_MAX);
    private final ConcurrentMap<String, CompletableFuture<Void>> lastOfVm = new ConcurrentHashMap<>();

    /** @param threads on which commands block; a virtual thread each will do */
    public CommandDesk(Effects effects, Checks checks, EpochFence fence, Outbox outbox, Executor threads) {
        this.effects = effects;
        this.checks = checks;
        this.fence = fence;
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
        if (command.getEffectCase() == EffectCase.INSPECT || command.getEffectCase() == EffectCase.CANCEL_COPY
                || Checks.isOne(command)) {
            threads.execute(() -> answer(command));
            return;
        }
        CompletableFuture<Void> last = lastOfVm.compute(command.getVmUuid(),
                (_, before) -> (before == null ? CompletableFuture.<Void>completedFuture(null) : before)
                        .thenRunAsync(() -> answer(command), threads));
        last.whenComplete((_, _) -> lastOfVm.remove(command.getVmUuid(), last));
    }

    private void answer(Command command) {
        Outcome outcome = outcome(command);
        memory.finish(outcome);
        outbox.deliver(outcome);
    }

    private Outcome outcome(Command command) {
        Outcome.Builder outcome = Outcome.newBuilder().setCommandId(command.getId());
        try {
            LOG.info("command={} vm={} epoch={} effect={}", command.getId(), command.getVmUuid(), command.getEpoch(),
                    command.getEffectCase());
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
        } catch (RuntimeException e) {
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
        if (!fence.admits(vm, new Epoch(command.getEpoch()))) {
            throw new CommandFailedException(FailureCode.STALE_EPOCH, "epoch " + command.getEpoch()
                    + " was given up: this host has seen epoch " + fence.highest(vm) + " of the VM");
        }
    }
}
