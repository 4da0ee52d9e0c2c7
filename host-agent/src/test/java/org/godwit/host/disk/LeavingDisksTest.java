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
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.godwit.disk.Disk;
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
import org.junit.jupiter.api.io.TempDir;

/** The source of a disk's journey, with a target that only takes bytes. */
@Tag("vm")
class LeavingDisksTest {

    private static final UUID VM = UUID.fromString("5ca1ab1e-0000-4000-8000-000000000001");
    private static final Programs PROGRAMS = new Programs(List.of(), Duration.ofSeconds(30));

    @TempDir
    Path folder;

    private final FakeDomains domains = new FakeDomains();
    private final List<Long> told = Collections.synchronizedList(new ArrayList<>());
    private Identities identities;
    private Path image;
    private Path arrived;
    private ImageServers servers;
    private volatile boolean isCalledOff;

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
            assertThat(disks.send(VM, "qemu+tls://[::1]/system", watch())).containsExactly("vda");
            assertThat(domains.done).containsExactly("redirect [vda]");
            assertThat(told).contains(0L);
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
            assertThatThrownBy(() -> disks.send(VM, "qemu+tls://[::1]/system", watch()))
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
            assertThatThrownBy(() -> disks.send(VM, "qemu+tls://[::1]/system", watch()))
                    .isInstanceOf(DiskException.class);
        }
        try (DiskReceiver target = target((_, _) -> landing()); LeavingDisks disks = leaving(target)) {
            assertThat(disks.send(VM, "qemu+tls://[::1]/system", watch())).containsExactly("vda");
            assertThat(domains.done).containsExactly("redirect [vda]");
        }
    }

    @Test
    void whatAVmHasWrittenBeforeItEndedIsKept() throws IOException {
        try (DiskReceiver target = target((_, _) -> landing()); LeavingDisks disks = leaving(target)) {
            disks.send(VM, "qemu+tls://[::1]/system", watch());
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
    void nothingIsBegunForAVmThatWasCalledOff() throws IOException {
        isCalledOff = true;
        try (DiskReceiver target = target((_, _) -> landing()); LeavingDisks disks = leaving(target)) {
            assertThatThrownBy(() -> disks.send(VM, "qemu+tls://[::1]/system", watch()))
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
            assertThatThrownBy(() -> disks.send(VM, "qemu+tls://[::1]/system", watch()))
                    .hasMessageContaining("called off");
            disks.restore(VM);
            assertThat(overlay()).doesNotExist();
        }
    }

    private Path overlay() {
        return new LocalDisk("vda", "qcow2", image).overlay();
    }

    private Landings.Landing landing() {
        ImageServers.Server server = servers.serve(arrived, "qcow2", false, 24);
        return new Landings.Landing() {
            @Override
            public Disk openTarget() throws IOException {
                return server.open();
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
                        System::nanoTime, Duration.ofSeconds(30)));
    }

    private LeavingDisks.Watch watch() {
        return new LeavingDisks.Watch() {
            @Override
            public boolean isCalledOff() {
                return isCalledOff;
            }

            @Override
            public void progress(long total, long done) {
                told.add(done);
            }
        };
    }
}
