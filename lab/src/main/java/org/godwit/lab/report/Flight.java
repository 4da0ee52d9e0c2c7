package org.godwit.lab.report;

import static java.util.Objects.requireNonNull;

import org.godwit.lab.meter.Measurement;
import org.godwit.protocol.rest.Resources.Migration;

/** One migration as the control server reports it, and as the outage meter saw it. */
public record Flight(Migration migration, Measurement measurement) {

    public Flight {
        requireNonNull(migration, "migration is null");
        requireNonNull(measurement, "measurement is null");
    }

    /** The control server's report with what only the meter can know. */
    public Migration measured() {
        return new Migration(migration.id(), migration.vm(), migration.source(), migration.target(), migration.epoch(),
                migration.phase(), migration.outcome(), migration.failure(), migration.progress(),
                migration.createdAt(), migration.vmDowntimeMs(), measurement.outageMs(), measurement.lost(),
                measurement.tcp(), migration.tAllMs(), migration.phases());
    }
}
