package org.godwit.host.command;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.godwit.host.alone.Deed;
import org.godwit.host.alone.StandEvent;
import org.godwit.host.alone.StandTable;
import org.godwit.host.alone.VmLedger;
import org.godwit.host.alone.Witness;
import org.godwit.host.hypervisor.Hypervisor;
import org.godwit.host.hypervisor.HypervisorException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the VMs in the middle of a migration once nobody has commanded for longer than a lease: what it does follows
 * from {@link StandTable}. It takes its turn among the commands of a VM, so that none is performed at the same time, and a
 * command that presupposes what was undone is refused afterwards.
 */
public final class Steward implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Steward.class);

    /**
     * After the session has ended, which is noticed when its lease is over: a control server that is started again at once
     * shall find everything as it was.
     */
    static final Duration GRACE = Duration.ofSeconds(20);

    static final Duration LOOK_INTERVAL = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final Duration TICK = Duration.ofSeconds(1);

    private final CommandDesk desk;
    private final VmLedger ledger;
    private final Hypervisor hypervisor;
    private final Effects effects;
    private final Witness witness;
    private final BooleanSupplier commanded;
    private final LongSupplier nanoClock;
    private final ScheduledExecutorService clock = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("steward-", 0).factory());
    private final Set<UUID> inTurn = new HashSet<>();
    private final Map<UUID, Pause> pauses = new HashMap<>();
    private long commandedAt;

    /** When to look again. */
    private record Pause(Duration length, long until) {}

    /** @param commanded whether there is a session with the control server */
    public Steward(CommandDesk desk, VmLedger ledger, Hypervisor hypervisor, Effects effects, Witness witness,
            BooleanSupplier commanded, LongSupplier nanoClock) {
        this.desk = desk;
        this.ledger = ledger;
        this.hypervisor = hypervisor;
        this.effects = effects;
        this.witness = witness;
        this.commanded = commanded;
        this.nanoClock = nanoClock;
        this.commandedAt = nanoClock.getAsLong();
    }

    public void start() {
        clock.scheduleWithFixedDelay(this::tick, TICK.toNanos(), TICK.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** What was seen is on the disk, what was begun is found by the next process. */
    @Override
    public void close() {
        clock.shutdownNow();
    }

    /** To be called about once a second. Does not wait. */
    synchronized void tick() {
        long now = nanoClock.getAsLong();
        if (commanded.getAsBoolean()) {
            commandedAt = now;
            pauses.clear();
        } else if (now - commandedAt >= GRACE.toNanos()) {
            ledger.unfinished().stream().filter(vm -> isDue(vm, now)).filter(inTurn::add)
                    .forEach(vm -> desk.inTurn(vm, () -> takeTurn(vm)));
        }
    }

    private boolean isDue(UUID vm, long now) {
        return !pauses.containsKey(vm) || now - pauses.get(vm).until() >= 0;
    }

    private void takeTurn(UUID vm) {
        boolean well = true;
        try {
            if (!commanded.getAsBoolean()) {
                look(vm);
            }
        } catch (CommandFailedException | HypervisorException e) {
            LOG.warn("vm={} alone, and not done: {}", vm, e.getMessage());
            well = false;
        } catch (RuntimeException e) {
            LOG.error("vm={} alone, and not done", vm, e);
            well = false;
        } finally {
            rest(vm, well);
        }
    }

    private synchronized void rest(UUID vm, boolean well) {
        inTurn.remove(vm);
        Duration length = well
                ? LOOK_INTERVAL
                : Optional.ofNullable(pauses.get(vm)).map(before -> before.length().multipliedBy(2))
                        .filter(longer -> longer.compareTo(LONGEST_PAUSE) < 0)
                        .orElse(pauses.containsKey(vm) ? LONGEST_PAUSE : LOOK_INTERVAL);
        pauses.put(vm, new Pause(length, nanoClock.getAsLong() + length.toNanos()));
    }

    private void look(UUID vm) {
        StandEvent seen = switch (hypervisor.presence(vm)) {
            case RUNNING -> StandEvent.SEEN_RUNNING;
            case BEING_COPIED -> StandEvent.SEEN_COPIED;
            case PAUSED -> StandEvent.SEEN_PAUSED;
            case ABSENT -> StandEvent.SEEN_ABSENT;
        };
        // Before the deed: from now on commands that build on what is undone are refused.
        Optional<Deed> deed = ledger.happened(vm, seen).flatMap(StandTable.Row::alone);
        if (deed.isPresent()) {
            effects.alone(deed.get(), vm, ledger.highest(vm).number());
            LOG.warn("vm={} epoch={} no control server: done alone, deed={} seen={}", vm, ledger.highest(vm),
                    deed.get(), seen);
            witness.done(vm, ledger.highest(vm), deed.get(), seen);
            deed.get().done().ifPresent(event -> ledger.happened(vm, event));
        }
    }
}
