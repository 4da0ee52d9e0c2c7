package org.godwit.mcs.runner;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.godwit.mcs.workflow.MigrationState;

/**
 * A migration has entered a phase.
 *
 * @param reason in words
 * @param inPhase how long it was in the one before
 * @param elapsed since it was wished for
 */
public record PhaseChange(MigrationState before, MigrationState after, String reason, Duration inPhase,
        Duration elapsed) {

    public PhaseChange {
        requireNonNull(before, "before is null");
        requireNonNull(after, "after is null");
        requireNonNull(reason, "reason is null");
        requireNonNull(inPhase, "inPhase is null");
        requireNonNull(elapsed, "elapsed is null");
    }
}
