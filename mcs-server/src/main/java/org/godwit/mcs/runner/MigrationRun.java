package org.godwit.mcs.runner;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.godwit.mcs.store.Intent;
import org.godwit.mcs.store.MigrationRecord;
import org.godwit.mcs.store.MigrationStore;
import org.godwit.mcs.store.TakenOverException;
import org.godwit.mcs.workflow.CopyFigures;
import org.godwit.mcs.workflow.Decision;
import org.godwit.mcs.workflow.DiskFigures;
import org.godwit.mcs.workflow.DowntimeBy;
import org.godwit.mcs.workflow.Event;
import org.godwit.mcs.workflow.MigrationState;
import org.godwit.mcs.workflow.Workflow;
import org.godwit.model.MigrationPhase;
import org.godwit.operation.log.Change;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One migration from where the store says it stands to its end. Everything that happens takes its turn on one lane, so this
 * is single-threaded. Closing the lane ends the run, not the migration: another run goes on from the store.
 */
final class MigrationRun {

    private static final Logger LOG = LoggerFactory.getLogger(MigrationRun.class);

    private record Arrival(Event event, Optional<UUID> answered) {}

    private final Schedule schedule;
    private final Schedule.Lane lane;
    private final Set<UUID> underWay = new HashSet<>();
    private final List<Intent> open;
    private final boolean again;
    private final boolean cancelRequested;
    private final MigrationStore store;
    private final EffectPerformer performer;
    private final StepLimits limits;
    private final InstantSource clock;
    private final Instant createdAt;
    private final Runnable ended;
    private final Runnable faulted;
    private final MigrationObserver observer;
    private MigrationState state;
    private Instant phaseSince;
    private boolean cancelHeld;
    private Schedule.Alarm deadline = () -> {};

    /**
     * @param open effects that are journalled
     * @param again whether an earlier run may have performed them
     * @param limits how long a phase may last before an operator is told
     * @param ended called once there is nothing left to do, or nothing that can be done
     * @param faulted called instead when this run cannot go on, such as for a full disk, but another one may
     */
    MigrationRun(MigrationRecord record, List<Intent> open, boolean again, MigrationStore store,
            EffectPerformer performer, StepLimits limits, Schedule schedule, InstantSource clock,
            MigrationObserver observer, Runnable ended, Runnable faulted) {
        this.state = record.state();
        this.limits = limits;
        this.createdAt = record.createdAt();
        this.open = List.copyOf(open);
        this.again = again;
        this.store = store;
        this.performer = performer;
        this.schedule = schedule;
        this.lane = schedule.lane("migration-" + record.state().plan().id());
        this.clock = clock;
        this.observer = observer;
        this.phaseSince = record.phases().isEmpty() ? record.createdAt() : record.phases().getLast().startedAt();
        this.ended = ended;
        this.faulted = faulted;
        this.cancelRequested = record.cancelRequested();
    }

    /** Goes on from where it stands. */
    void start() {
        lane.take(() -> guarded(() -> {
            watchPhase();
            open.forEach(intent -> perform(intent, again, Duration.ZERO));
        }));
        if (cancelRequested) {
            cancel();
        }
    }

    /** Asks for the end; what comes of it shows in the phases. From any thread. */
    void cancel() {
        add(new Event.CancelRequested(), Optional.empty());
    }

    /** Gives up a VM whose post-copy broke; what comes of it shows in the phases. From any thread. */
    void abandon() {
        add(new Event.AbandonRequested(), Optional.empty());
    }

    /** Rests until the server starts again. */
    void stop() {
        rest();
        LOG.info("migration={} phase={} rests until the server starts again", state.plan().id(), state.phase());
    }

    private void add(Event event, Optional<UUID> answered) {
        lane.take(() -> guarded(() -> handle(new Arrival(event, answered))));
    }

    private void guarded(Runnable turn) {
        try (var _ = MDC.putCloseable("migration", state.plan().id().toString());
                var _ = MDC.putCloseable("vm", state.plan().vm().name().text());
                var _ = MDC.putCloseable("epoch", state.plan().epoch().toString())) {
            takeTurn(turn);
        }
    }

    private void takeTurn(Runnable turn) {
        try {
            turn.run();
        } catch (TakenOverException e) {
            LOG.warn("migration={} {}", state.plan().id(), e.getMessage());
            end();
            return;
        } catch (RuntimeException e) {
            // The store is the truth, and what was to be kept there is not: what it says is taken up anew.
            LOG.error("migration={} phase={} stands still for a while", state.plan().id(), state.phase(), e);
            rest();
            faulted.run();
            return;
        }
        if (state.phase().isFinal()) {
            end();
        }
    }

    private void rest() {
        deadline.cancel();
        lane.close();
    }

    private void end() {
        rest();
        ended.run();
    }

    private void handle(Arrival arrival) {
        arrival.answered().ifPresent(underWay::remove);
        Event event = whole(arrival.event());
        if (event instanceof Event.CancelRequested && !underWay.isEmpty() && state.phase() != MigrationPhase.COPYING) {
            // A step that is under way is not undone in its middle.
            cancelHeld = true;
            return;
        }
        Optional<Decision> decision = Workflow.decide(state, event);
        if (decision.isEmpty()) {
            LOG.debug("migration={} phase={} ignored=\"{}\"", state.plan().id(), state.phase(), event);
            arrival.answered().ifPresent(command -> store.close(state.plan(), command, event));
            return;
        }
        Optional<Decision> cancellation = cancelHeld
                ? Workflow.decide(decision.get().state(), new Event.CancelRequested())
                : Optional.empty();
        cancelHeld = false;
        if (cancellation.isPresent()) {
            enter(withoutEffects(decision.get()), arrival.answered(), event);
            enter(cancellation.get(), Optional.empty(), new Event.CancelRequested());
        } else {
            enter(decision.get(), arrival.answered(), event);
        }
    }

    /** Of a post-copy libvirt does not know when it ran at the target; both hosts' agents have said so by now. */
    private Event whole(Event event) {
        return event instanceof Event.CopyCompleted(CopyFigures figures, Optional<DiskFigures> disks)
                && figures.downtimeBy() == DowntimeBy.SOURCE
                        ? new Event.CopyCompleted(
                                store.standstill(state.plan().id()).map(figures::heard).orElse(figures), disks)
                        : event;
    }

    private static Decision withoutEffects(Decision decision) {
        return new Decision(decision.state(), List.of(), Duration.ZERO, decision.row());
    }

    /** The only place that changes the phase: on the disk first, then here, then in the world. */
    private void enter(Decision decision, Optional<UUID> answered, Event event) {
        String reason = reason(event);
        List<Intent> intents = store.enter(decision, answered, event, reason);
        MigrationState earlier = state;
        MigrationPhase before = state.phase();
        state = decision.state();
        if (event instanceof Event.Setback setback) {
            observer.setBack(earlier, setback.failure());
        }
        if (before != state.phase()) {
            details(key(LOG.atInfo()).addKeyValue("phase", new Change(before, state.phase())), reason).log("");
            Instant now = clock.instant();
            observer.entered(new PhaseChange(earlier, state, reason, Duration.between(phaseSince, now),
                    Duration.between(createdAt, now)));
            phaseSince = now;
            watchPhase();
        } else if (event instanceof Event.Setback) {
            details(key(LOG.atWarn()).addKeyValue("phase", before).addKeyValue("attempt",
                    state.knowledge().attempts()), reason).log("");
        }
        intents.forEach(intent -> perform(intent, false, decision.delay()));
    }

    private void watchPhase() {
        deadline.cancel();
        MigrationPhase phase = state.phase();
        if (!phase.isFinal()) {
            Duration left = limits.of(phase).minus(Duration.between(phaseSince, clock.instant()));
            deadline = schedule.after(left.isNegative() ? Duration.ZERO : left,
                    () -> add(new Event.Overdue(phase), Optional.empty()));
        }
    }

    private void perform(Intent intent, boolean again, Duration delay) {
        underWay.add(intent.commandId());
        MigrationState now = state;
        Runnable performance = () -> performer
                .perform(intent, again, now, event -> add(event, Optional.empty()), lane::take)
                .thenAccept(event -> add(event, Optional.of(intent.commandId())));
        if (delay.isZero()) {
            performance.run();
        } else {
            schedule.after(delay, () -> lane.take(() -> guarded(performance)));
        }
    }

    private LoggingEventBuilder key(LoggingEventBuilder line) {
        return line.addKeyValue("migration", state.plan().id()).addKeyValue("vm", state.plan().vm().name());
    }

    private LoggingEventBuilder details(LoggingEventBuilder line, String reason) {
        return line.addKeyValue("hoa", state.plan().vm().hoa())
                .addKeyValue("moa", state.knowledge().moa().map(Object::toString).orElse("-"))
                .addKeyValue("source", state.plan().source()).addKeyValue("target", state.plan().target())
                .addKeyValue("reason", reason)
                .addKeyValue("elapsed_ms", Duration.between(createdAt, clock.instant()).toMillis());
    }

    private static String reason(Event event) {
        String words = event.getClass().getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
        return event instanceof Event.Setback setback ? words + ": " + setback.failure().message() : words;
    }
}
