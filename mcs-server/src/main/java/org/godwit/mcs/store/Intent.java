package org.godwit.mcs.store;

import static java.util.Objects.requireNonNull;

import java.util.UUID;
import org.godwit.mcs.workflow.Effect;

/** An effect that is journalled and not yet known to have happened. */
public record Intent(UUID commandId, Effect effect) {

    public Intent {
        requireNonNull(commandId, "commandId is null");
        requireNonNull(effect, "effect is null");
    }
}
