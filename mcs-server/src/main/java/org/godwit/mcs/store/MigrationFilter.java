package org.godwit.mcs.store;

import java.util.Optional;
import org.godwit.mcs.workflow.MigrationState.Outcome;
import org.godwit.model.MigrationPhase;
import org.godwit.model.Name;

/** Which migrations somebody wants to see. Empty: all of them. @param host as source or target */
public record MigrationFilter(Optional<Name> vm, Optional<Name> host, Optional<MigrationPhase> phase,
        Optional<Outcome> outcome) {

    public static final MigrationFilter ALL = new MigrationFilter(Optional.empty(), Optional.empty(), Optional.empty(),
            Optional.empty());
}
