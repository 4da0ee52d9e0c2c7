package org.godwit.mcs.store;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.godwit.mcs.precheck.Forecast;
import org.godwit.model.Name;
import org.godwit.planner.prediction.Correction;
import org.godwit.planner.prediction.Corrections;
import org.godwit.planner.prediction.Strategy;
import org.jdbi.v3.core.Handle;

/** What completed migrations tell of the next one. Those that were held back by a limit of the bandwidth tell nothing. */
final class CopyHistory {

    private static final double MS_PER_SECOND = 1e3;
    private static final double US_PER_SECOND = 1e6;

    /** A link changes. */
    private static final int COPIES_MAX = 5;
    private static final int MIGRATIONS_MAX = 10;
    /** Of all strategies. */
    private static final int ROWS_MAX = 200;
    /** Nothing stands still for less; QEMU's clock counts milliseconds. */
    private static final double PAUSE_MIN_SECONDS = 0.001;

    private static final String TOLD = "source = ? AND target = ? AND phase = 'SETTLED' AND copy_ms > 0"
            + " AND bytes_transferred > 0 AND bandwidth_max_mib_s IS NULL";

    private record Copy(double bytesPerSecond, double preparationSeconds) {}

    /** What was forecast without a correction, and what was measured. */
    private record Compared(Strategy strategy, double totalForecast, double total, double downtimeForecast,
            double pauseForecast, double downtime, boolean isWholeDowntime, double bytesForecast, double bytes) {

        /** What was no sending, as far as the forecast was right about the sending. */
        private double pause() {
            return Math.max(PAUSE_MIN_SECONDS, downtime - (downtimeForecast - pauseForecast));
        }
    }

    private CopyHistory() {}

    static Forecast.History of(Handle h, Name vm, Name source, Name target) {
        Map<Strategy, List<Compared>> compared = compared(h, source, target);
        Map<Strategy, List<Double>> pauses = new EnumMap<>(Strategy.class);
        Map<Strategy, Corrections> corrections = new EnumMap<>(Strategy.class);
        compared.forEach((strategy, all) -> {
            if (isMostlyPause(strategy)) {
                pauses.put(strategy, all.stream().filter(Compared::isWholeDowntime).map(Compared::pause).toList());
            }
            corrections.put(strategy, corrections(strategy, all));
        });
        return new Forecast.History(way(h, source, target), memory(h, vm), around(h, vm, source, target),
                landings(h, vm, source, target), pauses,
                corrections, cold(h, vm));
    }

    /** Of the best kind: this way before the other one, what the hypervisor counted before bytes over the whole copy. */
    private static Forecast.Way way(Handle h, Name source, Name target) {
        List<Copy> thisWay = copies(h, source, target);
        List<Copy> copies = thisWay.isEmpty() ? copies(h, target, source) : thisWay;
        if (!copies.isEmpty()) {
            return new Forecast.Way(copies.stream().map(Copy::bytesPerSecond).toList(),
                    copies.stream().map(Copy::preparationSeconds).toList(), thisWay.isEmpty());
        }
        List<Double> wholes = h.select("SELECT bytes_transferred * ? / copy_ms FROM migrations WHERE " + TOLD
                + " AND bytes_per_second IS NULL ORDER BY created_at_us DESC LIMIT ?", MS_PER_SECOND, source.text(),
                target.text(), COPIES_MAX).mapTo(Double.class).list();
        return new Forecast.Way(wholes, List.of(), false);
    }

    private static List<Copy> copies(Handle h, Name source, Name target) {
        return h.select("SELECT bytes_transferred, copy_ms, bytes_per_second FROM migrations WHERE " + TOLD
                + " AND bytes_per_second > 0 ORDER BY created_at_us DESC LIMIT ?", source.text(), target.text(),
                COPIES_MAX)
                .map((row, _) -> new Copy(row.getDouble(3),
                        Math.max(0, row.getDouble(2) / MS_PER_SECOND - row.getDouble(1) / row.getDouble(3))))
                .list();
    }

    private static OptionalLong memory(Handle h, Name vm) {
        return h.select("""
                SELECT (pages_normal - coalesce(pages_dirty, 0)) * 4096 FROM migrations
                WHERE vm = ? AND phase = 'SETTLED' AND pages_normal > coalesce(pages_dirty, 0) AND compression = 'NONE'
                ORDER BY created_at_us DESC LIMIT 1""", vm.text()).mapTo(Long.class).findOne().map(OptionalLong::of)
                .orElse(OptionalLong.empty());
    }

    /** Seconds of a VM's migrations between two hosts, either way, beside the copy. */
    private static List<Double> around(Handle h, Name vm, Name source, Name target) {
        return h.select("""
                SELECT max(0, (ended_at_us - admitted_at_us) / ? - copy_ms / ?) FROM migrations
                WHERE vm = ? AND (source = ? AND target = ? OR target = ? AND source = ?) AND phase = 'SETTLED'
                    AND copy_ms > 0 AND admitted_at_us IS NOT NULL
                ORDER BY created_at_us DESC LIMIT ?""", US_PER_SECOND, MS_PER_SECOND, vm.text(), source.text(),
                target.text(), source.text(), target.text(), COPIES_MAX).mapTo(Double.class).list();
    }

    /** Seconds for which a VM was silent around its landings, as it said: so it misleads nobody but those who forecast for itself. */
    private static List<Double> landings(Handle h, Name vm, Name source, Name target) {
        return h.select("""
                SELECT max(coalesce(silence_vm_to_peer_us, 0), coalesce(silence_peer_to_vm_us, 0)) / ? FROM migrations
                WHERE vm = ? AND (source = ? AND target = ? OR target = ? AND source = ?) AND phase = 'SETTLED'
                    AND coalesce(silence_vm_to_peer_us, silence_peer_to_vm_us) IS NOT NULL
                ORDER BY created_at_us DESC LIMIT ?""", US_PER_SECOND, vm.text(), source.text(), target.text(),
                source.text(), target.text(), COPIES_MAX).mapTo(Double.class).list();
    }

    /** Seconds until a VM's guest was back, without those that its disks took. */
    private static List<Double> cold(Handle h, Name vm) {
        return h.select("""
                SELECT max(0, vm_downtime_ms - coalesce(total_ms, 0)) / ?
                FROM migrations LEFT JOIN disk_passages ON migration = id
                WHERE vm = ? AND strategy = 'COLD' AND phase = 'SETTLED' AND vm_downtime_ms > 0
                ORDER BY created_at_us DESC LIMIT ?""", MS_PER_SECOND, vm.text(), COPIES_MAX).mapTo(Double.class)
                .list();
    }

    private static Corrections corrections(Strategy strategy, List<Compared> all) {
        return new Corrections(Correction.of(all.stream().map(it -> it.total() / it.totalForecast()).toList()),
                isMostlyPause(strategy)
                        ? Correction.NONE
                        : Correction.of(all.stream().map(it -> it.downtime() / it.downtimeForecast()).toList()),
                Correction.of(all.stream().map(it -> it.bytes() / it.bytesForecast()).toList()));
    }

    /** Where hardly anything is sent meanwhile a downtime is off by a time, where everything is, by a share. */
    private static boolean isMostlyPause(Strategy strategy) {
        return switch (strategy) {
            case PRE_COPY, POST_COPY, HYBRID_COPY, MIRRORING -> true;
            case SUSPENDED, COLD -> false;
        };
    }

    /** The last ten of each strategy between two hosts. */
    private static Map<Strategy, List<Compared>> compared(Handle h, Name source, Name target) {
        Map<Strategy, List<Compared>> compared = new EnumMap<>(Strategy.class);
        h.select(
                """
                        SELECT m.strategy, total.likely / total.correction, m.copy_ms, downtime.likely / downtime.correction,
                            pause.likely, m.vm_downtime_ms, m.downtime_by <> 'SOURCE', bytes.likely / bytes.correction, m.bytes_transferred
                        FROM migrations m
                            JOIN forecasts total ON total.migration = m.id AND total.figure = 'TOTAL_SECONDS'
                            JOIN forecasts downtime ON downtime.migration = m.id AND downtime.figure = 'DOWNTIME_SECONDS'
                            JOIN forecasts pause ON pause.migration = m.id AND pause.figure = 'PAUSE_SECONDS'
                            JOIN forecasts bytes ON bytes.migration = m.id AND bytes.figure = 'BYTES'
                        WHERE m.source = ? AND m.target = ? AND m.phase = 'SETTLED' AND m.copy_ms > 0
                            AND m.bandwidth_max_mib_s IS NULL AND total.strategy = m.strategy AND total.model = ?
                        ORDER BY m.created_at_us DESC LIMIT ?""",
                source.text(), target.text(), ForecastRows.MODEL, ROWS_MAX)
                .map((row, _) -> new Compared(Strategy.valueOf(row.getString(1)), row.getDouble(2),
                        row.getDouble(3) / MS_PER_SECOND, row.getDouble(4), row.getDouble(5),
                        row.getDouble(6) / MS_PER_SECOND, row.getBoolean(7), row.getDouble(8), row.getDouble(9)))
                .forEach(it -> {
                    List<Compared> newest = compared.computeIfAbsent(it.strategy(), _ -> new ArrayList<>());
                    if (newest.size() < MIGRATIONS_MAX) {
                        newest.add(it);
                    }
                });
        return compared;
    }
}
