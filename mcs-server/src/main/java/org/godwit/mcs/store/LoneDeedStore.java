package org.godwit.mcs.store;

import java.util.List;
import java.util.UUID;
import org.godwit.model.Epoch;
import org.godwit.model.MigrationPhase;
import org.godwit.model.Name;
import org.jdbi.v3.core.Jdbi;

/** What agents did alone, with the migration in whose course they did it. */
public final class LoneDeedStore {

    private final Jdbi jdbi;
    private final EventLog events;

    public LoneDeedStore(Database database) {
        this.jdbi = database.jdbi();
        this.events = database.events();
    }

    /**
     * Written once, however often it is told.
     *
     * @param nowUs microseconds since 1970
     * @return false when no migration of the VM from or to that host is known that it could belong to
     */
    public boolean record(LoneDeed deed, long nowUs) {
        return jdbi.inTransaction(h -> {
            // A server that takes over gives an unfinished migration a higher epoch than the agent has heard of.
            var of = h.select("""
                    SELECT id, vm, phase FROM migrations WHERE vm_uuid = ? AND epoch >= ? AND (source = ? OR target = ?)
                    ORDER BY epoch LIMIT 1""", deed.vm().toString(), deed.epoch().number(), deed.host().text(),
                    deed.host().text())
                    .map((rs, _) -> List.of(rs.getString(1), rs.getString(2), rs.getString(3))).findOne();
            if (of.isEmpty()) {
                return false;
            }
            String migration = of.get().get(0);
            int written = h.execute("""
                    INSERT OR IGNORE INTO lone_deeds (migration, host, vm_uuid, epoch, kind, vm_ran, at_us)
                    VALUES (?, ?, ?, ?, ?, ?, ?)""", migration, deed.host().text(), deed.vm().toString(),
                    deed.epoch().number(), deed.kind().name(), deed.vmRan(), MigrationStore.microseconds(deed.at()));
            if (written > 0) {
                events.append(h, nowUs, EventKind.MIGRATION_DONE_ALONE, migration, Name.of(of.get().get(1)),
                        MigrationPhase.valueOf(of.get().get(2)), deed.sentence());
            }
            return true;
        });
    }

    /** Of one migration, as they were done by the hosts' clocks. */
    public List<LoneDeed> of(UUID migration) {
        return jdbi.withHandle(h -> h
                .select("SELECT host, vm_uuid, epoch, kind, vm_ran, at_us FROM lone_deeds WHERE migration = ?"
                        + " ORDER BY at_us", migration.toString())
                .map((rs, _) -> new LoneDeed(Name.of(rs.getString(1)), UUID.fromString(rs.getString(2)),
                        new Epoch(rs.getLong(3)), LoneDeed.Kind.valueOf(rs.getString(4)), rs.getBoolean(5),
                        MigrationStore.instant(rs.getLong(6))))
                .list());
    }
}
