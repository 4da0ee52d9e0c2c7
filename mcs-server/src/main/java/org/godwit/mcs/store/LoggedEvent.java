package org.godwit.mcs.store;

import java.time.Instant;
import java.util.Optional;
import org.godwit.model.MigrationPhase;

/**
 * Something that has happened.
 *
 * @param number grows from event to event
 * @param subject the name of a resource, or the id of a migration
 * @param vm the VM that it concerns
 */
public record LoggedEvent(long number, Instant at, EventKind kind, String subject, Optional<String> vm,
        Optional<MigrationPhase> phase, Optional<String> message) {}
