package org.godwit.mcs.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.godwit.mcs.identity.Audit;
import org.godwit.mcs.identity.CertificateAuthority;
import org.godwit.mcs.operation.Backup.Contents;
import org.godwit.mcs.operation.Backup.Manifest;
import org.godwit.mcs.scripted.Inventory;
import org.godwit.mcs.scripted.Wait;
import org.godwit.mcs.store.AuditStore;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.InventoryStore;
import org.godwit.mcs.store.MigrationStore;
import org.godwit.mcs.workflow.Plans;
import org.godwit.model.CopyOptions;
import org.godwit.model.Name;
import org.godwit.model.Strategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    @TempDir
    Path folder;

    @Test
    void aBackupUnderLoadIsTheStateOfOneMoment() throws Exception {
        AtomicInteger written = new AtomicInteger();
        AtomicBoolean enough = new AtomicBoolean();
        int before;
        int after;
        try (Database database = Database.open(data())) {
            InventoryStore inventory = new InventoryStore(database, InstantSource.fixed(NOW));
            Thread writer = Thread.ofPlatform().start(() -> {
                while (!enough.get()) {
                    inventory.addSite(site(written.get()));
                    written.incrementAndGet();
                }
            });
            Wait.until("something is written", () -> written.get() > 50);
            before = written.get();
            Backup.create(data(), backup(), Contents.ALL, NOW);
            after = written.get();
            Wait.until("it is written on", () -> written.get() > after + 10);
            enough.set(true);
            writer.join();
        }
        Backup.restore(backup(), folder.resolve("restored"));
        try (Database database = Database.open(folder.resolve("restored"))) {
            List<Name> sites = new InventoryStore(database, InstantSource.fixed(NOW)).sites();
            assertThat(sites.size()).isBetween(before, after + 1);
            assertThat(sites).containsExactlyInAnyOrderElementsOf(
                    IntStream.range(0, sites.size()).mapToObj(BackupTest::site).toList());
        }
    }

    @Test
    void whileOperatorsChangeThingsTheAuditsHeadFitsItsRows() throws Exception {
        AtomicInteger recorded = new AtomicInteger();
        AtomicBoolean enough = new AtomicBoolean();
        try (Database database = Database.open(data())) {
            Audit audit = audit(data(), database);
            Thread writer = Thread.ofPlatform().start(() -> {
                while (!enough.get()) {
                    audit.record("operator:alice", "::1", "POST /v1/sites", "asked");
                    recorded.incrementAndGet();
                }
            });
            Wait.until("something is recorded", () -> recorded.get() > 20);
            Backup.create(data(), backup(), Contents.ALL, NOW);
            int after = recorded.get();
            Wait.until("it is recorded on", () -> recorded.get() > after + 10);
            enough.set(true);
            writer.join();
        }
        Backup.restore(backup(), folder.resolve("restored"));
        try (Database database = Database.open(folder.resolve("restored"))) {
            assertThat(audit(folder.resolve("restored"), database).after(0, 10_000)).hasSizeGreaterThan(20)
                    .noneMatch(entry -> entry.action().equals(Audit.GAP));
        }
    }

    private static Audit audit(Path data, Database database) {
        InstantSource clock = InstantSource.fixed(NOW);
        return Audit.open(CertificateAuthority.open(data, clock), new AuditStore(database), data, clock);
    }

    @Test
    void aRestoredServerIsAheadOfWhateverItsAgentsHaveSeen() {
        long seen = migrateOnce();
        Manifest manifest = Backup.create(data(), backup(), Contents.ALL, NOW);
        assertThat(manifest.unfinished()).isEqualTo(1);
        assertThat(manifest).hasToString(Backup.verify(backup()).toString());
        Backup.restore(backup(), folder.resolve("restored"));
        try (Database database = Database.open(folder.resolve("restored"))) {
            InventoryStore inventory = new InventoryStore(database, InstantSource.fixed(NOW));
            assertThat(inventory.epoch(Plans.VM_UUID).number()).isGreaterThan(seen + 1_000_000);
            assertThat(inventory.vm(Inventory.VM)).isPresent();
        }
    }

    @Test
    void whatLiesBesideTheDatabaseIsInItToo() throws IOException {
        migrateOnce();
        Files.createDirectories(data().resolve("ca"));
        Files.writeString(data().resolve("ca/key"), "secret");
        Backup.create(data(), backup(), Contents.ALL, NOW);
        assertThat(Files.getPosixFilePermissions(backup())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        Backup.restore(backup(), folder.resolve("restored"));
        assertThat(folder.resolve("restored/ca/key")).hasContent("secret");
        assertThat(Files.getPosixFilePermissions(folder.resolve("restored/ca/key")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(folder.resolve("restored").toFile().list()).containsExactlyInAnyOrder("ca", "mcs.db");
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("data", "restored", "backup");
    }

    @Test
    void aFolderWithSomethingInItIsLeftAsItIs() throws IOException {
        migrateOnce();
        Backup.create(data(), backup(), Contents.ALL, NOW);
        assertThatThrownBy(() -> Backup.restore(backup(), data())).hasMessageContaining("is not empty");
        assertThatThrownBy(() -> Backup.create(data(), backup(), Contents.ALL, NOW))
                .hasMessageContaining("exists already");
        assertThatThrownBy(() -> Backup.create(folder.resolve("nowhere"), folder.resolve("x"), Contents.ALL, NOW))
                .hasMessageContaining("there is no database");
    }

    @Test
    void whatIsDamagedIsRefused() throws IOException {
        migrateOnce();
        Backup.create(data(), backup(), Contents.ALL, NOW);
        byte[] bytes = Files.readAllBytes(backup());
        bytes[bytes.length / 2] ^= 0x40;
        Path damaged = Files.write(folder.resolve("damaged"), bytes);
        assertThatThrownBy(() -> Backup.restore(damaged, folder.resolve("restored")))
                .hasMessageContaining("damaged");
        assertThat(folder.resolve("restored")).isEmptyDirectory();
        Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> Backup.verify(cut)).isInstanceOf(IllegalArgumentException.class);
    }

    /** @return the highest epoch that agents have seen */
    private long migrateOnce() {
        try (Database database = Database.open(data())) {
            InventoryStore inventory = Inventory.fill(database);
            return new MigrationStore(database, InstantSource.fixed(NOW), UUID::randomUUID)
                    .begin(inventory.vm(Inventory.VM).orElseThrow(), Inventory.HOST_B,
                            inventory.gateways().values().iterator().next(), Strategy.PRE_COPY, CopyOptions.STANDARD,
                            false, Optional.empty())
                    .plan().epoch().number();
        }
    }

    private static Name site(int number) {
        return Name.of("site-" + number);
    }

    private Path data() {
        return folder.resolve("data");
    }

    private Path backup() {
        return folder.resolve("backup");
    }
}
