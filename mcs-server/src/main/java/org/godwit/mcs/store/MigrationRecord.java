package org.godwit.mcs.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.godwit.mcs.precheck.Finding;
import org.godwit.mcs.workflow.MigrationState;
import org.godwit.model.MigrationPhase;

/**
 * A migration as it is stored.
 *
 * @param admittedAt empty while it waits for its turn, and when it was cancelled before that
 * @param findings of the checks, and of a rehearsal
 */
public record MigrationRecord(MigrationState state, Instant createdAt, Optional<Instant> admittedAt,
        Optional<Instant> endedAt, boolean cancelRequested, List<Phase> phases, List<Finding> findings) {

    public MigrationRecord {
        phases = List.copyOf(phases);
        findings = List.copyOf(findings);
    }

    public record Phase(MigrationPhase phase, Instant startedAt, String reason) {}
}
