package org.godwit.mcs.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.godwit.planner.prediction.Correction;
import org.godwit.planner.prediction.Corrections;
import org.godwit.planner.prediction.Estimate;
import org.godwit.planner.prediction.Overheads;
import org.godwit.planner.prediction.Prediction;
import org.godwit.planner.prediction.Strategy;
import org.jdbi.v3.core.Handle;

/** What was forecast of a migration: a row for each figure. */
final class ForecastRows {

    /** Of the models that calculate today. Whoever changes them so that what was learnt of the old ones misleads counts up. */
    static final int MODEL = 3;

    private enum Figure {
        TOTAL_SECONDS(it -> Optional.of(it.totalSeconds()), Corrections::totalSeconds), DOWNTIME_SECONDS(
                it -> Optional.of(it.downtimeSeconds()), Corrections::downtimeSeconds), BYTES(
                        it -> Optional.of(it.bytes()), Corrections::bytes), PAGE_FAULTS(
                                it -> Optional.of(it.pageFaults())), PREPARATION_SECONDS(
                                        it -> Optional.of(it.overheads().preparation())), PAUSE_SECONDS(
                                                it -> Optional.of(it.overheads().pause())), LANDING_SECONDS(
                                                        it -> Optional.of(it.overheads().landing())), AROUND_SECONDS(
                                                                it -> it.overheads().around());

        private final Function<Prediction.Converges, Optional<Estimate>> of;
        private final Function<Corrections, Correction> correction;

        Figure(Function<Prediction.Converges, Optional<Estimate>> of) {
            this(of, _ -> Correction.NONE);
        }

        Figure(Function<Prediction.Converges, Optional<Estimate>> of, Function<Corrections, Correction> correction) {
            this.of = of;
            this.correction = correction;
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
    static void keep(Handle h, UUID migration, Prediction.Converges forecast, Corrections applied) {
        for (Figure figure : Figure.values()) {
            figure.of.apply(forecast).ifPresent(estimate -> h.execute("""
                    INSERT OR IGNORE INTO forecasts (migration, strategy, figure, low, likely, high, correction, model)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)""", migration.toString(), forecast.strategy().name(), figure.name(),
                    estimate.low(), estimate.likely(), Double.isInfinite(estimate.high()) ? null : estimate.high(),
                    figure.correction.apply(applied).factor(), MODEL));
        }
    }

    static Optional<Prediction.Converges> find(Handle h, UUID migration) {
        Map<Figure, Row> rows = new EnumMap<>(Figure.class);
        h.select("SELECT strategy, figure, low, likely, high FROM forecasts WHERE migration = ?", migration.toString())
                .map((row, _) -> Row.read(row)).forEach(row -> rows.put(row.figure(), row));
        return rows.isEmpty()
                ? Optional.empty()
                : Optional.of(new Prediction.Converges(rows.get(Figure.BYTES).strategy(),
                        rows.get(Figure.TOTAL_SECONDS).estimate(), rows.get(Figure.DOWNTIME_SECONDS).estimate(),
                        rows.get(Figure.BYTES).estimate(), rows.get(Figure.PAGE_FAULTS).estimate(),
                        new Overheads(rows.get(Figure.PREPARATION_SECONDS).estimate(),
                                rows.get(Figure.PAUSE_SECONDS).estimate(),
                                rows.get(Figure.LANDING_SECONDS).estimate(),
                                Optional.ofNullable(rows.get(Figure.AROUND_SECONDS)).map(Row::estimate))));
    }
}
