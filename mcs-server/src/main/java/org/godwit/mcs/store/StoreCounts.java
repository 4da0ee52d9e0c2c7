package org.godwit.mcs.store;

import java.util.EnumMap;
import java.util.Map;
import org.godwit.model.MigrationPhase;
import org.jdbi.v3.core.Jdbi;

/** How much there is of everything. */
public final class StoreCounts {

    private final Jdbi jdbi;

    public StoreCounts(Database database) {
        this.jdbi = database.jdbi();
    }

    /** Of migrations that have not ended; every phase that is not final, be it 0. */
    public Map<MigrationPhase, Long> runningByPhase() {
        Map<MigrationPhase, Long> numbers = new EnumMap<>(MigrationPhase.class);
        for (MigrationPhase phase : MigrationPhase.values()) {
            if (!phase.isFinal()) {
                numbers.put(phase, 0L);
            }
        }
        jdbi.useHandle(h -> h.select("SELECT phase, count(*) FROM migrations WHERE ended_at_us IS NULL GROUP BY phase")
                .map((rs, _) -> numbers.put(MigrationPhase.valueOf(rs.getString(1)), rs.getLong(2))).list());
        return numbers;
    }

    public long hosts() {
        return number("SELECT count(*) FROM hosts");
    }

    public long vms() {
        return number("SELECT count(*) FROM vms");
    }

    /** Effects that were intended and whose outcome is not written. */
    public long journalOpen() {
        return number("SELECT count(*) FROM journal WHERE closed_at_us IS NULL");
    }

    private long number(String sql) {
        return jdbi.withHandle(h -> h.select(sql).mapTo(Long.class).one());
    }
}
