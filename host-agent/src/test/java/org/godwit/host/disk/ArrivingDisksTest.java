package org.godwit.host.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.godwit.disk.Extent;
import org.godwit.disk.mover.ChunkSet;
import org.godwit.disk.mover.DiskReceiver;
import org.godwit.disk.mover.Landings.Landing;
import org.godwit.disk.mover.Pacer;
import org.godwit.disk.mover.Peer;
import org.godwit.disk.mover.RefusedException;
import org.godwit.disk.mover.Sending;
import org.godwit.disk.mover.Shipment;
import org.godwit.disk.mover.Shipped;
import org.godwit.disk.wire.Frame.Open;
import org.godwit.disk.wire.Geometry;
import org.godwit.disk.wire.TransferId;
import org.godwit.host.disk.LocalDisk.Label;
import org.godwit.host.program.Programs;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The target of a disk's journey. */
@Tag("vm")
class ArrivingDisksTest {

    private static final UUID VM = UUID.fromString("5ca1ab1e-0000-4000-8000-000000000001");
    private static final Programs PROGRAMS = new Programs(List.of(), Duration.ofSeconds(30));

    @TempDir
    Path folder;

    private final FakeDomains domains = new FakeDomains();
    private final Set<UUID> expected = new HashSet<>(Set.of(VM));
    private Identities identities;
    private Instant now = Instant.now();
    private Path source;
    private Path golden;
    private LocalDisk disk;
    private ArrivingDisks disks;
    private DiskReceiver receiver;

    @BeforeAll
    static void needsQemu() {
        Tier.VM.needs(Identities.missing());
    }

    @BeforeEach
    void aVmIsExpected() throws IOException {
        identities = new Identities(folder.resolve("identities"));
        source = folder.resolve("source.qcow2");
        disk = new LocalDisk("vda", "qcow2", Files.createDirectory(folder.resolve("images")).resolve("vm1.qcow2"));
        PROGRAMS.require("", "qemu-img", "create", "-q", "-f", "qcow2", source.toString(), "64M");
        PROGRAMS.require("", "qemu-io", "-c", "write -q -P 7 3M 5M", source.toString());
        golden = Files.createDirectory(folder.resolve("golden"));
        disks = new ArrivingDisks(domains, PROGRAMS, folder.resolve("disks"), GoldenImages.in(golden),
                expected::contains, () -> now);
        receiver = new DiskReceiver(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0),
                identities.of("b,OU=hypervisor"), disks, System::nanoTime, Duration.ofSeconds(30));
    }

    @AfterEach
    void close() throws IOException {
        receiver.close();
    }

    @Test
    void allOfADiskIsThereWithAnOverlayAndTheVmPutsThemTogether() throws IOException {
        assertThat(send("a,OU=hypervisor").amounts().sentChunks()).isPositive();
        PROGRAMS.require("", "qemu-img", "compare", source.toString(), disk.path().toString());
        assertThat(PROGRAMS.require("", "qemu-img", "info", disk.overlay().toString())).contains(
                "backing file: " + disk.path(), "backing file format: qcow2", "extended l2: true");
        assertThat(disk.partial()).doesNotExist();

        disks.flatten(VM);
        assertThat(domains.done).as("before the VM is there").isEmpty();
        domains.run(VM, disk.overlay());
        disks.discard(VM);
        assertThat(disk.overlay()).as("of a VM that runs").exists();
        disks.flatten(VM);
        disks.flatten(VM);
        assertThat(domains.done).containsExactly("commit vda");
        assertThat(disk.overlay()).doesNotExist();
        assertThat(disk.path()).exists();
    }

    @Test
    void whatHasArrivedOfAVmThatDoesNotComeIsNotSentAgainAndGoesAfterADay() throws IOException {
        send("a,OU=hypervisor");
        disks.discard(VM);
        assertThat(disk.path()).doesNotExist();
        assertThat(disk.overlay()).doesNotExist();
        assertThat(disk.partial()).exists();

        PROGRAMS.require("", "qemu-io", "-c", "write -q -P 8 40M 64k", source.toString());
        assertThat(send("a,OU=hypervisor").amounts().sentChunks()).isEqualTo(1);
        PROGRAMS.require("", "qemu-img", "compare", source.toString(), disk.path().toString());

        disks.discard(VM);
        disks.sweep();
        assertThat(disk.partial()).exists();
        now = now.plus(Duration.ofHours(25));
        disks.sweep();
        assertThat(disk.partial()).doesNotExist();
    }

    @Test
    void aVmThatCameWhileItWasOffIsStartedFromItsImage() throws IOException {
        send("a,OU=hypervisor");
        domains.define(VM, disk.path());
        disks.rest(VM);
        disks.rest(VM);
        assertThat(disk.overlay()).doesNotExist();
        assertThat(disk.path()).exists();
        domains.run(VM, disk.path());
        disks.flatten(VM);
        assertThat(domains.done).isEmpty();
        disks.discard(VM);
        assertThat(disk.path()).as("it is at home here").exists();
        try (Stream<Path> left = Files.list(disk.path().getParent())) {
            assertThat(left).containsExactly(disk.path());
        }
    }

    @Test
    void whatCameOfAVmThatWasNotStartedHereIsKeptForADay() throws IOException {
        send("a,OU=hypervisor");
        domains.define(VM, disk.path());
        disks.rest(VM);
        domains.end(VM);
        disks.discard(VM);
        assertThat(disk.path()).doesNotExist();
        assertThat(disk.partial()).exists();
    }

    @Test
    void aVmThatWritesToItsOverlayKeepsIt() throws IOException {
        send("a,OU=hypervisor");
        domains.run(VM, disk.path());
        disks.rest(VM);
        assertThat(disk.overlay()).exists();
        domains.define(VM, disk.overlay());
        disks.rest(VM);
        assertThat(disk.overlay()).as("it ended by itself").exists();
    }

    @Test
    void nothingGoesOfAVmThatHasComeAndEnded() throws IOException {
        send("a,OU=hypervisor");
        expected.clear();
        disks.discard(VM);
        assertThat(disk.path()).exists();
        assertThat(disk.overlay()).exists();
    }

    @Test
    void aDiskIsSentAgainWhenAnotherAttemptHasEndedLate() throws IOException {
        send("a,OU=hypervisor");
        PROGRAMS.require("", "qemu-io", "-c", "write -q -P 8 40M 64k", source.toString());
        send("a,OU=hypervisor");
        PROGRAMS.require("", "qemu-img", "compare", source.toString(), disk.path().toString());
    }

    @Test
    void someOfADiskComesOnlyOnTopOfTheRest() throws IOException {
        assertThatThrownBy(() -> send("a,OU=hypervisor", Optional.of(changes())))
                .hasMessageContaining("all of it must be sent");
        send("a,OU=hypervisor");
        PROGRAMS.require("", "qemu-io", "-c", "write -q -P 8 40M 64k", source.toString());
        assertThat(send("a,OU=hypervisor", Optional.of(changes())).amounts().chunksMax()).isEqualTo(4);
        PROGRAMS.require("", "qemu-img", "compare", source.toString(), disk.path().toString());
        assertThat(disk.overlay()).exists();
    }

    private static ChunkSet changes() {
        return ChunkSet.touchedBy(List.of(new Extent(40 << 20, 64 << 10, false)),
                new Geometry(64 << 20, 16 << 10));
    }

    @Test
    void whatAGoldenImageHasDoesNotTravel() throws IOException {
        Files.copy(source, golden.resolve("debian-12.qcow2"));
        Files.writeString(golden.resolve("a-broken-one.qcow2"), "no image");
        PROGRAMS.require("", "qemu-io", "-c", "write -q -P 8 40M 64k", source.toString());
        assertThat(send("a,OU=hypervisor").amounts().sentChunks()).isEqualTo(1);
        PROGRAMS.require("", "qemu-img", "compare", source.toString(), disk.path().toString());
    }

    @Test
    void nobodysFileIsOverwritten() throws IOException {
        Files.writeString(disk.path(), "somebody's");
        assertThatThrownBy(() -> send("a,OU=hypervisor")).isInstanceOf(RefusedException.class)
                .hasMessageContaining("is there already");
        disks.discard(VM);
        assertThat(disk.path()).hasContent("somebody's");
    }

    @Test
    void whereADiskOfOneVmArrivesThatOfAnotherWaitsUntilItIsKnownThatTheFirstDoesNotCome() throws IOException {
        UUID other = UUID.fromString("5ca1ab1e-0000-4000-8000-000000000002");
        expected.add(other);
        // The link broke before all of it was there.
        try (Landing landing = disks.begin(new Open(new TransferId(VM), new Geometry(64 << 20, 256 << 10), 0,
                new Label(VM, disk, false).text()), new Peer(identities.certificate("a,OU=hypervisor")))) {
            landing.openTarget().close();
        }
        assertThatThrownBy(() -> send(other, "a,OU=hypervisor", Optional.empty()))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("is where a disk of VM " + VM + " arrives: move one VM after the other");

        disks.discard(VM);
        send(other, "a,OU=hypervisor", Optional.empty());
        disks.discard(VM);
        now = now.plus(Duration.ofHours(25));
        disks.sweep();
        assertThat(disk.path()).as("of the VM that came").exists();
        assertThat(disk.overlay()).exists();
    }

    @Test
    void onlyHypervisorsSendDisksAndOnlyOfVmsThatAreExpected() {
        assertThatThrownBy(() -> send("a,OU=agent")).hasMessageContaining("not one that hypervisors show");
        expected.clear();
        assertThatThrownBy(() -> send("a,OU=hypervisor")).hasMessageContaining("is not expected here");
        expected.add(VM);
        domains.run(VM, disk.path());
        assertThatThrownBy(() -> send("a,OU=hypervisor")).hasMessageContaining("is not expected here");
        assertThat(disk.partial()).doesNotExist();
    }

    @Test
    void aStorageThatGetsFullIsToldAndWithMoreRoomItGoesOn() throws IOException {
        Path small = disk.path().getParent();
        // Room for what the disk has, and not for what qcow2 needs besides.
        PROGRAMS.require("", "mount", "-t", "tmpfs", "-o", "size=5200k", "godwit-full", small.toString());
        try {
            assertThatThrownBy(() -> send("a,OU=hypervisor")).isInstanceOf(RefusedException.class)
                    .hasMessageContaining("the storage at the target is full");
            assertThat(disk.path()).doesNotExist();
            PROGRAMS.require("", "mount", "-o", "remount,size=20m", small.toString());
            send("a,OU=hypervisor");
            PROGRAMS.require("", "qemu-img", "compare", source.toString(), disk.path().toString());
        } finally {
            PROGRAMS.require("", "umount", "--lazy", small.toString());
        }
    }

    @Test
    void aFolderThatIsMissingIsNamed() throws IOException {
        Files.delete(disk.path().getParent());
        assertThatThrownBy(() -> send("a,OU=hypervisor"))
                .hasMessageContaining("there is no folder " + disk.path().getParent());
    }

    private Shipped send(String name) throws IOException {
        return send(name, Optional.empty());
    }

    private Shipped send(String name, Optional<ChunkSet> chunks) throws IOException {
        return send(VM, name, chunks);
    }

    private Shipped send(UUID vm, String name, Optional<ChunkSet> chunks) throws IOException {
        ImageServers servers = new ImageServers(PROGRAMS, folder.resolve("servers"));
        try (ImageServers.Server server = servers.serve(source, "qcow2", true, 8)) {
            return new Sending(new Shipment(new TransferId(vm), new Label(vm, disk, chunks.isPresent()).text(),
                    server, chunks.map(some -> some.geometry().chunkBytes()).orElse(256 << 10), 2, chunks),
                    new Sending.Line(receiver.address(), identities.of(name).tls(), new Pacer(System::nanoTime, 0),
                            System::nanoTime, Duration.ofSeconds(30)))
                    .run();
        }
    }
}
