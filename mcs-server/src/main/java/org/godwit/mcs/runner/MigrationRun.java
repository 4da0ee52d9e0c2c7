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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.godwit.mcs.store.Intent;
import org.godwit.mcs.store.MigrationRecord;
import org.godwit.mcs.store.MigrationStore;
import org.godwit.mcs.workflow.Decision;
import org.godwit.mcs.workflow.Event;
import org.godwit.mcs.workflow.MigrationState;
import org.godwit.mcs.workflow.Workflow;
import org.godwit.model.MigrationPhase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One migration from where the store says it stands to its end. Everything that happens comes through one queue, so this is
 * single-threaded. An interrupt ends the run, not the migration: the next start of the server goes on.
 */
final class MigrationRun implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(MigrationRun.class);

    private record Arrival(Event event, Optional<UUID> answered) {}

    private final BlockingQueue<Arrival> inbox = new LinkedBlockingQueue<>();
    private final Set<UUID> underWay = new HashSet<>();
    private final List<Intent> open;
    private final boolean again;
    private final MigrationStore store;
    private final EffectPerformer performer;
    private final InstantSource clock;
    private final Instant createdAt;
    private MigrationState state;
    private boolean cancelHeld;

    /**
     * @param open effects that are journalled
     * @param again whether an earlier run may have performed them
     */
    MigrationRun(MigrationRecord record, List<Intent> open, boolean again, MigrationStore store,
            EffectPerformer performer,
            InstantSource clock) {
        this.state = record.state();
        this.createdAt = record.createdAt();
        this.open = List.copyOf(open);
        this.again = again;
        this.store = store;
        this.performer = performer;
        this.clock = clock;
        if (record.cancelRequested()) {
            cancel();
        }
    }

    /** Asks for the end; what comes of it shows in the phases. From any thread. */
    void cancel() {
        inbox.add(new Arrival(new Event.CancelRequested(), Optional.empty()));
    }

    @Override
    public void run() {
        try {
            open.forEach(intent -> perform(intent, again, Duration.ZERO));
            while (!state.phase().isFinal()) {
                handle(inbox.take());
            }
        } catch (InterruptedException _) {
            LOG.info("migration={} phase={} rests until the server starts again", state.plan().id(), state.phase());
            Thread.currentThread().interrupt();
        }
    }

    private void handle(Arrival arrival) {
        arrival.answered().ifPresent(underWay::remove);
        Event event = arrival.event();
        if (event instanceof Event.CancelRequested && !underWay.isEmpty() && state.phase() != MigrationPhase.COPYING) {
            // A step that is under way is not undone in its middle.
            cancelHeld = true;
            return;
        }
        Optional<Decision> decision = Workflow.decide(state, event);
        if (decision.isEmpty()) {
            LOG.debug("migration={} phase={} ignored=\"{}\"", state.plan().id(), state.phase(), event);
            arrival.answered().ifPresent(command -> store.close(command, event));
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

    private static Decision withoutEffects(Decision decision) {
        return new Decision(decision.state(), List.of(), Duration.ZERO, decision.row());
    }

    /** The only place that changes the phase: on the disk first, then here, then in the world. */
    private void enter(Decision decision, Optional<UUID> answered, Event event) {
        String reason = reason(event);
        List<Intent> intents = store.enter(decision, answered, event, reason);
        MigrationPhase before = state.phase();
        state = decision.state();
        if (before != state.phase()) {
            LOG.info("{} phase={}→{} {}", key(), before, state.phase(), details(reason));
        } else if (event instanceof Event.Setback) {
            LOG.warn("{} phase={} attempt={} {}", key(), before, state.knowledge().attempts(), details(reason));
        }
        intents.forEach(intent -> perform(intent, false, decision.delay()));
    }

    private void perform(Intent intent, boolean again, Duration delay) {
        underWay.add(intent.commandId());
        MigrationState now = state;
        Runnable performance = () -> performer
                .perform(intent, again, now, event -> inbox.add(new Arrival(event, Optional.empty())))
                .thenAccept(event -> inbox.add(new Arrival(event, Optional.of(intent.commandId()))));
        if (delay.isZero()) {
            performance.run();
        } else {
            CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS).execute(performance);
        }
    }

    private String key() {
        return "migration=" + state.plan().id() + " vm=" + state.plan().vm().name();
    }

    private String details(String reason) {
        return "hoa=" + state.plan().vm().hoa() + " moa=" + state.knowledge().moa().map(Object::toString).orElse("-")
                + " source=" + state.plan().source() + " target=" + state.plan().target() + " reason=\"" + reason
                + "\" elapsed_ms=" + Duration.between(createdAt, clock.instant()).toMillis();
    }

    private static String reason(Event event) {
        String words = event.getClass().getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
        return event instanceof Event.Setback setback ? words + ": " + setback.failure().message() : words;
    }
}
