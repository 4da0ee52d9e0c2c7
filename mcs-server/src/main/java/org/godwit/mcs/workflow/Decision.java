package org.godwit.mcs.workflow;

import java.time.Duration;
import java.util.List;

/**
 * What follows from an event.
 *
 * @param row the line of the table that decided
 * @param delay to wait before the effects are performed: back-off between attempts of one step
 */
public record Decision(MigrationState state, List<Effect> effects, Duration delay, TransitionTable.Row row) {

    public Decision {
        effects = List.copyOf(effects);
        if (delay.isNegative()) {
            throw new IllegalArgumentException("a delay is never negative, got " + delay);
        }
    }
}
