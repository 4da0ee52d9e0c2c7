package org.godwit.mcs.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.godwit.model.Epoch;
import org.godwit.model.MigrationPhase;
import org.godwit.model.Name;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Databases of older servers are still there, all of them, after the newest server has opened them: one written by the statements
 * of the first, and those that were kept of later ones, with what was to be read of them then.
 */
class UpgradeTest {

    private static final Path KEPT = Path.of("src/test/resources/upgrade");

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

    static List<Path> kept() throws IOException {
        try (Stream<Path> files = Files.list(KEPT)) {
            return files.filter(file -> file.toString().endsWith(".sql")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("kept")
    void whatAnOlderServerWroteIsReadWholeAndAsItWas(Path dump) throws Exception {
        Path file = folder.resolve(Database.FILE);
        SchemaDump.load(dump, file);
        Jdbi.create("jdbc:sqlite:" + file).useHandle(h -> assertThat(SchemaDump.tables(h)).isNotEmpty()
                .allSatisfy(table -> assertThat(h.select("SELECT count(*) FROM " + table).mapTo(Long.class).one())
                        .as("rows of " + table).isPositive()));

        try (Database database = Database.open(folder)) {
            assertThat(new WholeDatabase(database).read()).containsExactlyElementsOf(Files.readAllLines(read(dump)));
            assertThat(DatabaseCopy.in(file).schema()).isEqualTo(DatabaseCopy.schemaKnown());
            database.jdbi().useHandle(h -> assertThat(h.createQuery("PRAGMA foreign_key_check").mapToMap().list())
                    .isEmpty());
        }
    }

    /** To be run before a release: {@code mvn -pl mcs-server -am test -Dtest=UpgradeTest -Dupgrade.keep=true}. */
    @Test
    @EnabledIfSystemProperty(named = "upgrade.keep", matches = "true")
    void theNewestSchemaIsKeptForLaterServers() throws IOException {
        Path dump = KEPT.resolve("schema-" + DatabaseCopy.schemaKnown() + ".sql");
        try (Database database = Database.open(folder)) {
            WholeDatabase whole = new WholeDatabase(database);
            whole.fill();
            Files.write(read(dump), whole.read());
        }
        Files.writeString(dump, SchemaDump.of(folder.resolve(Database.FILE)));
    }

    private static Path read(Path dump) {
        return dump.resolveSibling(dump.getFileName().toString().replace(".sql", ".read"));
    }
}
