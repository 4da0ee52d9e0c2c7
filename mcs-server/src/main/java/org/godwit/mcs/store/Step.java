package org.godwit.mcs.store;

import java.time.Instant;
import java.util.Optional;
import org.godwit.mcs.workflow.Effect;

/**
 * An effect as the journal has it.
 *
 * @param endedAt empty while it is under way, and for what nobody waited for any more
 * @param message what went wrong
 */
public record Step(Effect effect, Instant startedAt, Optional<Instant> endedAt, Optional<String> message) {}
