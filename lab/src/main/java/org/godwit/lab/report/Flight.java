package org.godwit.lab.report;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.godwit.lab.meter.Measurement;
import org.godwit.lab.meter.Sessions;
import org.godwit.protocol.rest.Resources.Migration;
import org.godwit.protocol.rest.Resources.Option;
import org.godwit.protocol.rest.Resources.Outage;

/**
 * One migration as the control server reports it, and as the outage meter saw it.
 *
 * @param forecast what was forecast before it began
 * @param told what the VM itself has told of its outage
 * @param plain as a correspondent without MAT saw it, behind a home gateway
 */
public record Flight(Migration migration, Measurement measurement, Optional<Option> forecast, Optional<Outage> told,
        Optional<Sessions> plain) {

    public Flight {
        requireNonNull(forecast, "forecast is null");
        requireNonNull(told, "told is null");
        requireNonNull(plain, "plain is null");
        requireNonNull(migration, "migration is null");
        requireNonNull(measurement, "measurement is null");
    }

    /** The control server's report with what only the meter can know. */
    public Migration measured() {
        return new Migration(migration.id(), migration.vm(), migration.source(), migration.target(),
                migration.strategy(), migration.epoch(), migration.phase(), migration.outcome(), migration.failure(),
                migration.turn(), migration.progress(),
                migration.createdAt(), migration.vmDowntimeMs(), measurement.outageMs(), measurement.lost(),
                measurement.tcp(), migration.tAllMs(), migration.phases(), migration.findings());
    }
}
