package org.godwit.host.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.godwit.disk.Disk;
import org.godwit.disk.DiskFullException;
import org.godwit.disk.mover.DiskReceiver;
import org.godwit.disk.mover.Landings;
import org.godwit.disk.mover.RefusedException;
import org.godwit.disk.wire.Refusal;
import org.godwit.host.program.Programs;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The source of a disk's journey, with a target that only takes bytes. */
@Tag("vm")
class LeavingDisksTest {

    private static final UUID VM = UUID.fromString("5ca1ab1e-0000-4000-8000-000000000001");
    private static final Programs PROGRAMS = new Programs(List.of(), Duration.ofSeconds(30));

    @TempDir
    Path folder;

    private final FakeDomains domains = new FakeDomains();
    private final List<LeavingDisks.Progress> told = Collections.synchronizedList(new ArrayList<>());
    private Identities identities;
    private Path image;
    private Path arrived;
    private ImageServers servers;
    private volatile boolean isCalledOff;
    private volatile Consumer<LeavingDisks.Progress> whenTold = _ -> {};

    @BeforeAll
    static void needsQemu() {
        Tier.VM.needs(Identities.missing());
    }

    @BeforeEach
    void aVmRunsHere() {
        identities = new Identities(folder.resolve("identities"));
        image = folder.resolve("vm1.qcow2");
        arrived = folder.resolve("arrived.qcow2");
        servers = new ImageServers(PROGRAMS, folder.resolve("servers"));
        PROGRAMS.require("", "qemu-img", "create", "-q", "-f", "qcow2", image.toString(), "64M");
        PROGRAMS.require("", "qemu-img", "create", "-q", "-f", "qcow2", arrived.toString(), "64M");
        PROGRAMS.require("", "qemu-io", "-c", "write -q -P 7 3M 5M", image.toString());
        domains.run(VM, image);
    }

    @AfterEach
    void nothingIsServedAnyMore() throws IOException {
        try (var left = Files.list(folder.resolve("disks/serving"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void theImageIsSentWhileTheVmWritesToAnOverlayAndGoesWhenTheVmHasLeft() throws IOException {
        try (DiskReceiver target = target((_, _) -> landing()); LeavingDisks disks = leaving(target)) {
            assertThat(disks.send(VM, "qemu+tls://[::1]/system", 0, watch()).overlays())
                    .containsOnly(Map.entry("vda", overlay()));
            assertThat(domains.done).containsExactly("redirect [vda]");
            assertThat(told).contains(new LeavingDisks.Progress(64 << 20, 0, 0));
            PROGRAMS.require("", "qemu-img", "compare", image.toString(), arrived.toString());
            assertThat(overlay()).exists();

            assertThatThrownBy(() -> disks.remove(VM)).isInstanceOf(DiskException.class);
            domains.end(VM);
            disks.remove(VM);
            disks.remove(VM);
            assertThat(image).doesNotExist();
            assertThat(overlay()).doesNotExist();
        }
    }

    @Test
    void aVmThatStaysWritesToItsOwnImageAgain() throws IOException {
        try (DiskReceiver target = target((_, _) -> refused()); LeavingDisks disks = leaving(target)) {
            assertThatThrownBy(() -> disks.send(VM, "qemu+tls://[::1]/system", 0, watch()))
                    .isInstanceOf(DiskException.class)
                    .hasMessageContaining("nobody comes");
        }
        // The next agent process knows of it.
        try (DiskReceiver target = target((_, _) -> landing()); LeavingDisks disks = leaving(target)) {
            disks.restoreAll(_ -> true);
            disks.restore(VM);
            assertThat(domains.done).containsExactly("redirect [vda]", "commit vda");
            assertThat(overlay()).doesNotExist();
            domains.end(VM);
            disks.remove(VM);
            assertThat(image).as("of a VM that has ended here").exists();
        }
    }

    @Test
    void whoBeginsAgainGoesOnWithTheImageThatStoodStillBefore() throws IOException {
        try (DiskReceiver target = target((_, _) -> refused()); LeavingDisks disks = leaving(target)) {
            assertThatThrownBy(() -> disks.send(VM, "qemu+tls://[::1]/system", 0, watch()))
                    .isInstanceOf(DiskException.class);
        }
        try (DiskReceiver target = target((_, _) -> landing()); LeavingDisks disks = leaving(target)) {
            assertThat(disks.send(VM, "qemu+tls://[::1]/system", 0, watch()).overlays())
                    .containsOnly(Map.entry("vda", overlay()));
            assertThat(domains.done).containsExactly("redirect [vda]");
        }
    }

    @Test
    void whatAVmHasWrittenBeforeItEndedIsKept() throws IOException {
        try (DiskReceiver target = target((_, _) -> landing()); LeavingDisks disks = leaving(target)) {
            disks.send(VM, "qemu+tls://[::1]/system", 0, watch());
            domains.end(VM);
            disks.restore(VM);
            assertThat(overlay()).exists();
            // Somebody starts it from its old image.
            domains.run(VM, image);
            disks.restore(VM);
            assertThat(overlay().resolveSibling(overlay().getFileName() + ".unused")).exists();
        }
    }

    @Test
    void whatIsWrittenMeanwhileIsSentLayerByLayerUntilItIsLittle() throws IOException {
        domains.whenRedirected = this::write;
        try (DiskReceiver target = target((_, _) -> landing()); LeavingDisks disks = leaving(target)) {
            assertThat(disks.send(VM, "qemu+tls://[::1]/system", 0, watch()).overlays())
                    .containsOnly(Map.entry("vda", overlay()));
            assertThat(domains.done).containsExactly("redirect [vda]", "redirect [vda]", "redirect [vda]");
            PROGRAMS.require("", "qemu-img", "compare", disk().layer(2).toString(), arrived.toString());

            disks.restore(VM);
            assertWritten();
        }
    }

    @Test
    void anAgentThatEndsBetweenTwoLayersIsFollowedByOneThatPutsThemTogether() throws IOException {
        domains.whenRedirected = this::write;
        try (DiskReceiver target = target((open, _) -> open.disk().contains("+") ? refused() : landing());
                LeavingDisks disks = leaving(target)) {
            assertThatThrownBy(() -> disks.send(VM, "qemu+tls://[::1]/system", 0, watch()))
                    .isInstanceOf(DiskException.class);
            // One more was made, and did not come into use.
            Files.copy(overlay(), disk().layer(4));
        }
        try (DiskReceiver target = target((_, _) -> landing()); LeavingDisks disks = leaving(target)) {
            disks.restoreAll(_ -> true);
            assertWritten();
        }
    }

    /** As many layers as a VM was given, it has written to: less and less, and partly the same. */
    private void write(Path layer) {
        String what = layer.equals(disk().layer(1))
                ? "write -q -P 1 10M 6M"
                : layer.equals(disk().layer(2)) ? "write -q -P 2 12M 5M" : "write -q -P 3 13M 64k";
        PROGRAMS.require("", "qemu-io", "-c", what, layer.toString());
    }

    private void assertWritten() {
        disk().layers().forEach(layer -> assertThat(layer).doesNotExist());
        assertThat(PROGRAMS.require("", "qemu-io", "-c", "read -P 7 3M 5M", "-c", "read -P 1 10M 2M", "-c",
                "read -P 2 12M 1M", "-c", "read -P 2 14M 3M", image.toString())).doesNotContain("failed");
    }

    @Test
    void aVmThatWasStartedElsewhereMeanwhileIsNotSent() throws IOException {
        try (DiskReceiver target = target((_, _) -> {
            domains.run(VM, image);
            return landing();
        }); LeavingDisks disks = leaving(target)) {
            assertThatThrownBy(() -> disks.send(VM, "qemu+tls://[::1]/system", 0, watch()))
                    .hasMessageContaining("and not to " + overlay());
        }
    }

    @Test
    void theImageOfAVmThatIsOffIsSentAsItIsAndStaysUntilTheVmHasLeft() throws IOException {
        domains.define(VM, image);
        try (DiskReceiver target = target((_, _) -> landing()); LeavingDisks disks = leaving(target)) {
            LeavingDisks.Passage passage = disks.sendAtRest(VM, "qemu+tls://[::1]/system", 0, watch()).orElseThrow();
            PROGRAMS.require("", "qemu-img", "compare", image.toString(), arrived.toString());
            assertThat(passage.bytes()).isPositive();
            assertThat(passage.layers()).isZero();
            assertThat(disks.atRest(VM)).containsOnly(Map.entry("vda", image));
            assertThat(domains.done).isEmpty();
            assertThat(overlay()).doesNotExist();
            assertThatThrownBy(() -> disks.remove(VM)).hasMessageContaining("its disks stay");
        }
        // The next agent process knows of it, and what is there is not sent again.
        try (DiskReceiver target = target((_, _) -> landing()); LeavingDisks disks = leaving(target)) {
            disks.restoreAll(_ -> true);
            PROGRAMS.require("", "qemu-io", "-c", "write -q -P 8 40M 64k", arrived.toString());
            disks.sendAtRest(VM, "qemu+tls://[::1]/system", 0, watch());
            PROGRAMS.require("", "qemu-img", "compare", image.toString(), arrived.toString());
            domains.end(VM);
            disks.remove(VM);
            assertThat(image).doesNotExist();
        }
    }

    @Test
    @Timeout(60)
    void whatTheTargetReadsAgainIsToldWhileItReads() throws IOException {
        PROGRAMS.require("", "qemu-img", "create", "-q", "-f", "qcow2", image.toString(), "128M");
        PROGRAMS.require("", "qemu-img", "create", "-q", "-f", "qcow2", arrived.toString(), "128M");
        PROGRAMS.require("", "qemu-io", "-c", "write -q -P 7 3M 1M", "-c", "write -q -P 8 100M 1M", image.toString());
        domains.define(VM, image);
        AtomicBoolean flushed = new AtomicBoolean();
        CountDownLatch mayRead = new CountDownLatch(1);
        whenTold = progress -> {
            if (progress.equals(new LeavingDisks.Progress(128 << 20, 128 << 20, 64 << 20))) {
                mayRead.countDown();
            }
        };
        try (DiskReceiver target = target(
                (_, _) -> landing(disk -> new HaltingDisk(disk, 64 << 20, flushed, mayRead)));
                LeavingDisks disks = leaving(target)) {
            disks.sendAtRest(VM, "qemu+tls://[::1]/system", 0, watch());
            PROGRAMS.require("", "qemu-img", "compare", image.toString(), arrived.toString());
        }
    }

    @Test
    void anImageThatHasGoneIsNotRemovedAgainWhileAnotherOneCannotBe() throws IOException {
        Path second = folder.resolve("vm1-data.qcow2");
        Files.copy(image, second);
        domains.define(VM, image);
        domains.plug(VM, "vdb", second);
        try (DiskReceiver target = target((_, _) -> landing()); LeavingDisks disks = leaving(target)) {
            disks.sendAtRest(VM, "qemu+tls://[::1]/system", 0, watch());
            domains.end(VM);
            Files.delete(second);
            Path obstacle = Files.createFile(Files.createDirectory(second).resolve("in the way"));
            assertThatThrownBy(() -> disks.remove(VM)).hasMessageContaining(second + " cannot be removed");
            assertThat(image).doesNotExist();

            Files.writeString(image, "another VM's");
            Files.delete(obstacle);
            disks.remove(VM);
            assertThat(second).doesNotExist();
            assertThat(image).hasContent("another VM's");
        }
    }

    @Test
    void aVmThatIsStartedAgainWhereItWasKeepsItsDisks() throws IOException {
        domains.define(VM, image);
        try (DiskReceiver target = target((_, _) -> landing()); LeavingDisks disks = leaving(target)) {
            disks.sendAtRest(VM, "qemu+tls://[::1]/system", 0, watch());
            domains.run(VM, image);
            disks.restore(VM);
            domains.end(VM);
            disks.remove(VM);
            assertThat(image).exists();
            assertThat(domains.done).isEmpty();
        }
    }

    @Test
    void aDiskThatSomebodyWritesToWhileItIsSentHasNotArrived() throws IOException {
        domains.define(VM, image);
        try (DiskReceiver target = target((_, _) -> {
            PROGRAMS.require("", "touch", "--date=2001-01-01", image.toString());
            return landing();
        }); LeavingDisks disks = leaving(target)) {
            assertThatThrownBy(() -> disks.sendAtRest(VM, "qemu+tls://[::1]/system", 0, watch()))
                    .isInstanceOf(DiskException.class).hasMessageContaining("somebody has written to its disks");
        }
    }

    @Test
    void whatAnEarlierLifeOfTheVmWroteLastDoesNotGoWithTheRest() throws IOException {
        PROGRAMS.require("", "qemu-img", "create", "-q", "-f", "qcow2", overlay().toString(), "64M");
        domains.define(VM, image);
        try (DiskReceiver target = target((_, _) -> landing()); LeavingDisks disks = leaving(target)) {
            disks.sendAtRest(VM, "qemu+tls://[::1]/system", 0, watch());
            domains.end(VM);
            disks.remove(VM);
            assertThat(disk().unused(1)).exists();
        }
        domains.define(VM, overlay());
        PROGRAMS.require("", "qemu-img", "create", "-q", "-f", "qcow2", overlay().toString(), "64M");
        try (DiskReceiver target = target((_, _) -> landing()); LeavingDisks disks = leaving(target)) {
            assertThatThrownBy(() -> disks.sendAtRest(VM, "qemu+tls://[::1]/system", 0, watch()))
                    .hasMessageContaining("still being put together");
        }
    }

    @Test
    void anImageAtRestIsCalledOffTooAndATargetThatIsFullRefusesIt() throws IOException {
        domains.define(VM, image);
        LeavingDisks[] own = new LeavingDisks[1];
        try (DiskReceiver target = target((_, _) -> {
            own[0].callOff(VM);
            return landing();
        }); LeavingDisks disks = leaving(target)) {
            own[0] = disks;
            assertThatThrownBy(() -> disks.sendAtRest(VM, "qemu+tls://[::1]/system", 0, watch()))
                    .hasMessageContaining("called off");
        }
        try (DiskReceiver target = target((_, _) -> landing(disk -> new FaultyDisk(disk, _ -> {
            throw new DiskFullException("no space");
        }))); LeavingDisks disks = leaving(target)) {
            assertThatThrownBy(() -> disks.sendAtRest(VM, "qemu+tls://[::1]/system", 0, watch()))
                    .hasMessageContaining("the storage at the target is full");
        }
        PROGRAMS.require("", "qemu-io", "-c", "read -P 7 3M 5M", image.toString());
    }

    @Test
    void disksKeepToTheLimitOfTheirMigration() throws IOException {
        byte[] noise = new byte[1 << 20];
        new Random(1).nextBytes(noise);
        Path raw = Files.write(folder.resolve("noise"), noise);
        PROGRAMS.require("", "qemu-img", "convert", "-q", "-f", "raw", "-O", "qcow2", raw.toString(),
                image.toString());
        PROGRAMS.require("", "qemu-img", "create", "-q", "-f", "qcow2", arrived.toString(), "1M");
        try (DiskReceiver target = target((_, _) -> landing()); LeavingDisks disks = leaving(target)) {
            long begin = System.nanoTime();
            disks.send(VM, "qemu+tls://[::1]/system", 1 << 20, watch());
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(900));
        }
    }

    @Test
    void aDiskThatIsFullAtTheTargetIsNotTriedAgain() throws IOException {
        AtomicInteger landings = new AtomicInteger();
        try (DiskReceiver target = target((_, _) -> {
            landings.incrementAndGet();
            return landing(disk -> new FaultyDisk(disk, _ -> {
                throw new DiskFullException("no space");
            }));
        }); LeavingDisks disks = leaving(target)) {
            assertFails(disks, "the storage at the target is full: make room there and begin again");
            assertThat(landings).hasValue(1);
        }
    }

    @Test
    void aDiskThatArrivesDifferentlyIsNotTaken() throws IOException {
        try (DiskReceiver target = target(
                (_, _) -> landing(disk -> new FaultyDisk(disk, bytes -> Arrays.fill(bytes, (byte) 9))));
                LeavingDisks disks = leaving(target)) {
            assertFails(disks, "the disks differ");
        }
    }

    @Test
    void aFaultThatPassesCostsAPause() throws IOException {
        AtomicInteger faults = new AtomicInteger(2);
        try (DiskReceiver target = target((_, _) -> landing(disk -> new FaultyDisk(disk, _ -> {
            if (faults.getAndDecrement() > 0) {
                throw new IOException("a cable is loose");
            }
        }))); LeavingDisks disks = leaving(target)) {
            disks.send(VM, "qemu+tls://[::1]/system", 0, watch());
            assertThat(faults.get()).isNegative();
            PROGRAMS.require("", "qemu-img", "compare", image.toString(), arrived.toString());
        }
    }

    @Test
    void aTargetThatIsGoneIsGivenUp() throws IOException {
        DiskReceiver target = target((_, _) -> landing());
        target.close();
        try (LeavingDisks disks = leaving(target)) {
            assertFails(disks, "disk vda (" + image + ") could not be sent to ");
        }
    }

    /** The reason is told, and the VM keeps its disk with what it has written meanwhile. */
    private void assertFails(LeavingDisks disks, String reason) {
        domains.whenRedirected = layer -> PROGRAMS.require("", "qemu-io", "-c", "write -q -P 5 20M 64k",
                layer.toString());
        assertThatThrownBy(() -> disks.send(VM, "qemu+tls://[::1]/system", 0, watch()))
                .isInstanceOf(DiskException.class).hasMessageContaining(reason);
        disks.restore(VM);
        assertThat(overlay()).doesNotExist();
        PROGRAMS.require("", "qemu-io", "-c", "read -P 5 20M 64k", "-c", "read -P 7 3M 5M", image.toString());
    }

    @Test
    void nothingIsBegunForAVmThatWasCalledOff() throws IOException {
        isCalledOff = true;
        try (DiskReceiver target = target((_, _) -> landing()); LeavingDisks disks = leaving(target)) {
            assertThatThrownBy(() -> disks.send(VM, "qemu+tls://[::1]/system", 0, watch()))
                    .hasMessageContaining("called off");
            assertThat(domains.done).isEmpty();
        }
    }

    @Test
    void aDiskOnItsWayIsCalledOff() throws IOException {
        LeavingDisks[] own = new LeavingDisks[1];
        try (DiskReceiver target = target((_, _) -> {
            isCalledOff = true;
            own[0].callOff(VM);
            return landing();
        }); LeavingDisks disks = leaving(target)) {
            own[0] = disks;
            assertThatThrownBy(() -> disks.send(VM, "qemu+tls://[::1]/system", 0, watch()))
                    .hasMessageContaining("called off");
            disks.restore(VM);
            assertThat(overlay()).doesNotExist();
        }
    }

    private LocalDisk disk() {
        return new LocalDisk("vda", "qcow2", image);
    }

    private Path overlay() {
        return disk().overlay();
    }

    private Landings.Landing landing() {
        return landing(disk -> disk);
    }

    private Landings.Landing landing(UnaryOperator<Disk> as) {
        ImageServers.Server server = servers.serve(arrived, "qcow2", false, 24);
        return new Landings.Landing() {
            @Override
            public Disk openTarget() throws IOException {
                return as.apply(server.open());
            }

            @Override
            public List<Disk.Opener> siblings() {
                return List.of();
            }

            @Override
            public void verified() throws IOException {
                server.awaitEnd();
            }

            @Override
            public void close() throws IOException {
                server.close();
            }
        };
    }

    private static Landings.Landing refused() throws RefusedException {
        throw new RefusedException(Refusal.NOT_EXPECTED, "nobody comes");
    }

    private DiskReceiver target(Landings landings) throws IOException {
        return new DiskReceiver(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0),
                identities.of("b,OU=hypervisor"),
                landings, System::nanoTime, Duration.ofSeconds(30));
    }

    private LeavingDisks leaving(DiskReceiver target) {
        return new LeavingDisks(domains, PROGRAMS, folder.resolve("disks"),
                new LeavingDisks.Road(Optional.of(identities.of("a,OU=hypervisor")), target.address().getPort(),
                        System::nanoTime, Duration.ofSeconds(30), Duration.ofMillis(10)));
    }

    private LeavingDisks.Watch watch() {
        return new LeavingDisks.Watch() {
            @Override
            public boolean isCalledOff() {
                return isCalledOff;
            }

            @Override
            public void progress(LeavingDisks.Progress progress) {
                told.add(progress);
                whenTold.accept(progress);
            }
        };
    }
}
