package org.godwit.mcs.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.godwit.model.Epoch;
import org.godwit.model.MigrationPhase;
import org.godwit.model.Name;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database of the first servers, written by their statements, is still there after the newest server has opened it. */
class UpgradeTest {

    private static final String FIRST_SCHEMA = "3";
    private static final String VM_UUID = "11111111-2222-3333-4444-555555555555";
    private static final String MIGRATION = "99999999-2222-3333-4444-555555555555";

    @TempDir
    Path folder;

    @Test
    void whatTheFirstServersWroteIsRead() {
        String url = "jdbc:sqlite:" + folder.resolve(Database.FILE);
        Flyway.configure().dataSource(url, "", "").locations(Database.SCHEMA).target(FIRST_SCHEMA).load().migrate();
        Jdbi.create(url).useHandle(h -> {
            h.execute("INSERT INTO sites VALUES ('tokyo'), ('osaka')");
            h.execute("INSERT INTO gateways VALUES ('osaka', 'fe80::b1', '02:00:00:00:00:b1', '2001:db8:b::/64')");
            h.execute(
                    "INSERT INTO hosts VALUES ('t-1', 'tokyo', x'00', 'qemu+tcp://t-1/system'), ('o-1', 'osaka', x'01', NULL)");
            h.execute("INSERT INTO vms VALUES ('vm1', 'vm1-domain', ?, '2001:db8:face::1', 't-1')", VM_UUID);
            h.execute("INSERT INTO epochs VALUES (?, 7)", VM_UUID);
            h.execute(
                    """
                            INSERT INTO migrations (id, vm, domain, vm_uuid, hoa, source, target, gateway_link_local, gateway_mac,
                                gateway_prefix, epoch, created_at_us, phase, changed)
                            VALUES (?, 'vm1', 'vm1-domain', ?, '2001:db8:face::1', 't-1', 'o-1', 'fe80::b1', '02:00:00:00:00:b1',
                                '2001:db8:b::/64', 7, 1000000, 'REQUESTED', 0)""",
                    MIGRATION, VM_UUID);
        });

        try (Database database = Database.open(folder)) {
            InventoryStore inventory = new InventoryStore(database, InstantSource.fixed(Instant.EPOCH));
            assertThat(inventory.sites()).containsExactlyInAnyOrder(Name.of("tokyo"), Name.of("osaka"));
            assertThat(inventory.gateway(Name.of("osaka"))).isPresent();
            assertThat(inventory.host(Name.of("t-1")).orElseThrow().site()).isEqualTo(Name.of("tokyo"));
            assertThat(inventory.vm(Name.of("vm1")).orElseThrow().host()).isEqualTo(Name.of("t-1"));
            assertThat(inventory.epoch(UUID.fromString(VM_UUID))).isEqualTo(new Epoch(7));
            assertThat(new MigrationStore(database, InstantSource.fixed(Instant.EPOCH), UUID::randomUUID).unfinished())
                    .singleElement()
                    .satisfies(record -> assertThat(record.state().phase()).isEqualTo(MigrationPhase.REQUESTED));
        }
    }
}
