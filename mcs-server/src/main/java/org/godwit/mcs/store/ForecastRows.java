package org.godwit.mcs.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.godwit.model.Name;
import org.godwit.planner.prediction.Correction;
import org.godwit.planner.prediction.Corrections;
import org.godwit.planner.prediction.Estimate;
import org.godwit.planner.prediction.Prediction;
import org.godwit.planner.prediction.Strategy;
import org.jdbi.v3.core.Handle;

/** What was forecast of a migration: a row for each figure. */
final class ForecastRows {

    private static final int MIGRATIONS_MAX = 10;
    /** Of all strategies and figures. */
    private static final int ROWS_MAX = 200;

    private enum Figure {
        TOTAL_SECONDS(Prediction.Converges::totalSeconds, Corrections::totalSeconds), DOWNTIME_SECONDS(
                Prediction.Converges::downtimeSeconds, Corrections::downtimeSeconds), BYTES(Prediction.Converges::bytes,
                        Corrections::bytes), PAGE_FAULTS(Prediction.Converges::pageFaults,
                                _ -> Correction.NONE), LANDING_SECONDS(
                                        Prediction.Converges::landingSeconds, _ -> Correction.NONE);

        private final Function<Prediction.Converges, Estimate> of;
        private final Function<Corrections, Correction> correction;

        Figure(Function<Prediction.Converges, Estimate> of, Function<Corrections, Correction> correction) {
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
            Estimate estimate = figure.of.apply(forecast);
            h.execute("INSERT OR IGNORE INTO forecasts (migration, strategy, figure, low, likely, high, correction)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?)", migration.toString(), forecast.strategy().name(), figure.name(),
                    estimate.low(), estimate.likely(), Double.isInfinite(estimate.high()) ? null : estimate.high(),
                    figure.correction.apply(applied).factor());
        }
    }

    /** What came of the last ten of each strategy between two hosts, against what was forecast. */
    static Map<Strategy, Corrections> corrections(Handle h, Name source, Name target) {
        Map<Strategy, Map<Figure, List<Double>>> ratios = new EnumMap<>(Strategy.class);
        h.select("""
                SELECT f.strategy, f.figure, f.likely / f.correction AS forecast, m.copy_ms, m.vm_downtime_ms,
                       m.bytes_transferred
                FROM migrations m JOIN forecasts f ON f.migration = m.id AND f.strategy = m.strategy
                WHERE m.source = ? AND m.target = ? AND m.phase = 'SETTLED' AND f.likely > 0
                    AND m.bandwidth_max_mib_s IS NULL
                ORDER BY m.created_at_us DESC LIMIT ?""", source.text(), target.text(), ROWS_MAX).map((row, _) -> {
            Figure figure = Figure.valueOf(row.getString("figure"));
            double measured = switch (figure) {
                case TOTAL_SECONDS -> row.getDouble("copy_ms") / 1e3;
                case DOWNTIME_SECONDS -> row.getDouble("vm_downtime_ms") / 1e3;
                case BYTES -> row.getDouble("bytes_transferred");
                case PAGE_FAULTS, LANDING_SECONDS -> 0;
            };
            return ratios.computeIfAbsent(Strategy.valueOf(row.getString("strategy")),
                    _ -> new EnumMap<>(Figure.class)).computeIfAbsent(figure, _ -> new ArrayList<>())
                    .add(measured / row.getDouble("forecast"));
        }).list();
        Map<Strategy, Corrections> corrections = new EnumMap<>(Strategy.class);
        ratios.forEach((strategy, of) -> corrections.put(strategy,
                new Corrections(correction(of, Figure.TOTAL_SECONDS), correction(of, Figure.DOWNTIME_SECONDS),
                        correction(of, Figure.BYTES))));
        return corrections;
    }

    private static Correction correction(Map<Figure, List<Double>> ratios, Figure figure) {
        List<Double> newest = ratios.getOrDefault(figure, List.of());
        return Correction.of(newest.subList(0, Math.min(newest.size(), MIGRATIONS_MAX)));
    }

    static Optional<Prediction.Converges> find(Handle h, UUID migration) {
        Map<Figure, Row> rows = new EnumMap<>(Figure.class);
        h.select("SELECT strategy, figure, low, likely, high FROM forecasts WHERE migration = ?", migration.toString())
                .map((row, _) -> Row.read(row)).forEach(row -> rows.put(row.figure(), row));
        return rows.size() < Figure.values().length
                ? Optional.empty()
                : Optional.of(new Prediction.Converges(rows.get(Figure.BYTES).strategy(),
                        rows.get(Figure.TOTAL_SECONDS).estimate(), rows.get(Figure.DOWNTIME_SECONDS).estimate(),
                        rows.get(Figure.BYTES).estimate(), rows.get(Figure.PAGE_FAULTS).estimate(),
                        rows.get(Figure.LANDING_SECONDS).estimate()));
    }
}
