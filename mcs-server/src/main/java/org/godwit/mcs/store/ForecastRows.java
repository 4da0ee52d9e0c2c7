package org.godwit.mcs.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.godwit.planner.prediction.Estimate;
import org.godwit.planner.prediction.Prediction;
import org.godwit.planner.prediction.Strategy;
import org.jdbi.v3.core.Handle;

/** What was forecast of a migration: a row for each figure. */
final class ForecastRows {

    private enum Figure {
        TOTAL_SECONDS(Prediction.Converges::totalSeconds), DOWNTIME_SECONDS(
                Prediction.Converges::downtimeSeconds), BYTES(
                        Prediction.Converges::bytes), PAGE_FAULTS(Prediction.Converges::pageFaults);

        private final Function<Prediction.Converges, Estimate> of;

        Figure(Function<Prediction.Converges, Estimate> of) {
            this.of = of;
        }
    }

    private record Row(Strategy strategy, Figure figure, Estimate estimate) {

        private static Row read(ResultSet row) throws SQLException {
            double low = row.getDouble("low");
            double likely = row.getDouble("likely");
            double high = row.getDouble("high");
            Estimate estimate = new Estimate(low, likely, row.wasNull() ? Double.POSITIVE_INFINITY : high);
            return new Row(Strategy.valueOf(row.getString("strategy")), Figure.valueOf(row.getString("figure")),
                    estimate);
        }
    }

    private ForecastRows() {}

    /** What was forecast first is what counts. */
    static void keep(Handle h, UUID migration, Prediction.Converges forecast) {
        for (Figure figure : Figure.values()) {
            Estimate estimate = figure.of.apply(forecast);
            h.execute("INSERT OR IGNORE INTO forecasts (migration, strategy, figure, low, likely, high)"
                    + " VALUES (?, ?, ?, ?, ?, ?)", migration.toString(), forecast.strategy().name(), figure.name(),
                    estimate.low(), estimate.likely(), Double.isInfinite(estimate.high()) ? null : estimate.high());
        }
    }

    static Optional<Prediction.Converges> find(Handle h, UUID migration) {
        Map<Figure, Row> rows = new EnumMap<>(Figure.class);
        h.select("SELECT strategy, figure, low, likely, high FROM forecasts WHERE migration = ?", migration.toString())
                .map((row, _) -> Row.read(row)).forEach(row -> rows.put(row.figure(), row));
        return rows.size() < Figure.values().length
                ? Optional.empty()
                : Optional.of(new Prediction.Converges(rows.get(Figure.BYTES).strategy(),
                        rows.get(Figure.TOTAL_SECONDS).estimate(), rows.get(Figure.DOWNTIME_SECONDS).estimate(),
                        rows.get(Figure.BYTES).estimate(), rows.get(Figure.PAGE_FAULTS).estimate()));
    }
}
