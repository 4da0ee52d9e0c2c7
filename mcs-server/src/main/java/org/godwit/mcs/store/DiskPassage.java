package org.godwit.mcs.store;

import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.godwit.mcs.workflow.DiskFigures;
import org.godwit.planner.prediction.Baggage;
import org.godwit.planner.prediction.Estimate;
import org.jdbi.v3.core.Handle;

/** What was forecast of the disks of one migration, and what came of it: either may be unknown. */
public record DiskPassage(Optional<Baggage> forecast, Optional<DiskFigures> measured) {

    public DiskPassage {
        requireNonNull(forecast, "forecast is null");
        requireNonNull(measured, "measured is null");
    }

    /** What was forecast first is what counts. */
    static void keep(Handle h, UUID migration, Baggage forecast) {
        Estimate seconds = forecast.seconds();
        Estimate bytes = forecast.bytes();
        h.execute("INSERT OR IGNORE INTO disk_passages (migration, forecast_seconds_low, forecast_seconds_likely,"
                + " forecast_seconds_high, forecast_bytes_low, forecast_bytes_likely, forecast_bytes_high)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?)", migration.toString(), seconds.low(), seconds.likely(),
                seconds.high(), bytes.low(), bytes.likely(), bytes.high());
    }

    static void keep(Handle h, UUID migration, DiskFigures measured) {
        h.execute("INSERT INTO disk_passages (migration, total_ms, bytes, layers, writes_at_once, reason)"
                + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (migration) DO UPDATE SET total_ms = excluded.total_ms,"
                + " bytes = excluded.bytes, layers = excluded.layers, writes_at_once = excluded.writes_at_once,"
                + " reason = excluded.reason", migration.toString(), measured.totalMs(), measured.bytes(),
                measured.layers(), measured.writesAtOnce(), measured.reason());
    }

    static Optional<DiskPassage> find(Handle h, UUID migration) {
        return h.select("SELECT * FROM disk_passages WHERE migration = ?", migration.toString())
                .map((row, _) -> new DiskPassage(forecast(row), measured(row))).findOne();
    }

    private static Optional<Baggage> forecast(ResultSet row) throws SQLException {
        Estimate seconds = estimate(row, "forecast_seconds");
        return row.wasNull() ? Optional.empty() : Optional.of(new Baggage(seconds, estimate(row, "forecast_bytes")));
    }

    private static Estimate estimate(ResultSet row, String columns) throws SQLException {
        return new Estimate(row.getDouble(columns + "_low"), row.getDouble(columns + "_likely"),
                row.getDouble(columns + "_high"));
    }

    private static Optional<DiskFigures> measured(ResultSet row) throws SQLException {
        String reason = row.getString("reason");
        return reason == null
                ? Optional.empty()
                : Optional.of(new DiskFigures(row.getLong("total_ms"), row.getLong("bytes"), row.getInt("layers"),
                        row.getBoolean("writes_at_once"), reason));
    }
}
