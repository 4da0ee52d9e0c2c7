package org.godwit.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.godwit.lab.Host;
import org.godwit.lab.LabFolder;
import org.godwit.lab.Requirements;
import org.godwit.lab.VmSize;
import org.godwit.lab.house.House.Answer;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImages;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Processes;
import org.godwit.protocol.rest.Resources.Migration;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A VM that flies with two disks, a qcow2 image and a raw file, and writes to both; also while nothing gets through. */
@Tag("vm")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DiskFlightTest {

    private static final int SLOW_MBIT = 40;
    private static final int FAST_MBIT = 1000;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int MEMORY_MBIT = 100;
    /** Shorter than anybody's patience. */
    private static final Duration SHORT = Duration.ofSeconds(6);
    /** Longer than libvirt's. */
    private static final Duration LONG = Duration.ofSeconds(40);
    private static final Patience PATIENCE = new Patience(InstantSource.system());

    @TempDir
    static Path folder;

    private static TwoSites scene;

    @BeforeAll
    static void aVmWithTwoDisksRunsAtSiteA() {
        Tier.VM.needs(Requirements.missingForVms());
        GuestImages images = GuestImages.standard();
        scene = TwoSites.open(Qemu.probe(images), LabFolder.STANDARD_ROOT, images.guest(),
                new TwoSites.Plan(VmSize.SMALL, FAST_MBIT, Optional.empty(),
                        EnumSet.of(TwoSites.Part.DISK, TwoSites.Part.SECOND_DISK)),
                folder, System.out::println);
    }

    @AfterAll
    static void nothingIsLeft() {
        if (scene != null) {
            scene.saveLogs(Path.of("target/disk-flight"));
            scene.close();
        }
    }

    @Test
    @Order(1)
    void bothDisksFly() {
        Answer answer = scene.house().migrate(scene.vm().name(), scene.hostB());
        assertThat(answer.exitCode()).as(answer.toString()).isZero();
        assertDisksAreAt(scene.hostB(), scene.hostA());
        assertThat(scene.hostB().run("qemu-img", "info", "-U", TwoSites.SECOND_DISK.toString()))
                .contains("file format: raw");
    }

    @Test
    @Order(2)
    void aLinkThatIsCutWhileDisksAreSentDelaysThem() {
        scene.hosts().forEach(host -> host.limit(SLOW_MBIT));
        String migration = depart(scene.hostA());
        PATIENCE.until(LIMIT, () -> images(scene.hostA()).contains("vm1.qcow2.godwit-part"),
                () -> "no disk is begun with: " + images(scene.hostA()));
        cut(SHORT);
        scene.hosts().forEach(host -> host.limit(FAST_MBIT));
        assertThat(scene.house().watch(migration).as(Migration.class).outcome()).isEqualTo("completed");
        assertDisksAreAt(scene.hostA(), scene.hostB());
    }

    @Test
    @Order(3)
    void aTargetAgentThatIsKilledWhileDisksAreSentDelaysThem() {
        scene.hosts().forEach(host -> host.limit(SLOW_MBIT));
        String migration = depart(scene.hostB());
        PATIENCE.until(LIMIT, () -> images(scene.hostB()).contains("vm1.qcow2.godwit-part"),
                () -> "no disk is begun with: " + images(scene.hostB()));
        scene.house().crashAgent(scene.hostB());
        scene.house().startAgent(scene.hostB());
        scene.hosts().forEach(host -> host.limit(FAST_MBIT));
        assertThat(scene.house().watch(migration).as(Migration.class).outcome()).isEqualTo("completed");
        assertDisksAreAt(scene.hostB(), scene.hostA());
    }

    @Test
    @Order(4)
    void aLinkThatIsCutWhileMemoryIsCopiedDelaysTheVm() {
        String migration = departUntilMemoryIsCopied(scene.hostB(), scene.hostA());
        cut(SHORT);
        scene.hosts().forEach(host -> host.limit(FAST_MBIT));
        assertThat(scene.house().watch(migration).as(Migration.class).outcome()).isEqualTo("completed");
        assertDisksAreAt(scene.hostA(), scene.hostB());
    }

    @Test
    @Order(5)
    void aLinkThatStaysCutWhileMemoryIsCopiedLeavesTheVmWhereItIs() {
        String migration = departUntilMemoryIsCopied(scene.hostA(), scene.hostB());
        cut(LONG);
        assertThat(scene.house().watch(migration).as(Migration.class).outcome()).isEqualTo("rolled_back");
        assertWritten();
        PATIENCE.until(LIMIT, () -> images(scene.hostA()).equals(List.of("vm1-data.raw", "vm1.qcow2")),
                () -> "the disks are not put together: " + images(scene.hostA()));
        PATIENCE.until(LIMIT,
                () -> images(scene.hostB()).equals(List.of("vm1-data.raw.godwit-part", "vm1.qcow2.godwit-part")),
                () -> "what has arrived is not kept: " + images(scene.hostB()));
        assertWritten();
    }

    private static String departUntilMemoryIsCopied(Host source, Host target) {
        scene.hosts().forEach(host -> host.limit(MEMORY_MBIT));
        Path log = scene.lab().folder().logs().resolve(source.name().text() + ".host-agent.log");
        long before = timesMemoryBegan(log);
        String migration = depart(target);
        PATIENCE.until(LIMIT, () -> timesMemoryBegan(log) > before, () -> "the disks are not through");
        // The hypervisor prepares the target first.
        PATIENCE.until(LIMIT, () -> source.virsh("domjobinfo", "vm1").contains("Memory processed"),
                () -> "no memory is copied: " + source.virsh("domjobinfo", "vm1"));
        return migration;
    }

    private static long timesMemoryBegan(Path log) {
        try {
            return Files.readString(log).split("what it writes while its memory is copied").length;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String depart(Host target) {
        scene.house().godwit("migrate", "vm1", "--to", target.name().text(), "--detach");
        return scene.house().vm(scene.vm().name()).migration();
    }

    /** Nothing gets from one host to the other for a while, and they reach all others. */
    private static void cut(Duration length) {
        Host host = scene.hostB();
        String other = scene.hostA().address().toCanonicalString();
        host.run("nft", "add table inet cut; add chain inet cut in { type filter hook input priority 0; };"
                + " add chain inet cut out { type filter hook output priority 0; };"
                + " add rule inet cut in ip6 saddr " + other + " drop; add rule inet cut out ip6 daddr " + other
                + " drop");
        try {
            Processes.rest(length);
        } finally {
            host.run("nft", "delete table inet cut");
        }
    }

    /** With all that was written to them, before, meanwhile and since; and nowhere else. */
    private static void assertDisksAreAt(Host here, Host left) {
        assertWritten();
        PATIENCE.until(LIMIT, () -> images(here).equals(List.of("vm1-data.raw", "vm1.qcow2")),
                () -> "the disks are not put together: " + images(here));
        assertThat(here.virsh("domblklist", "vm1")).contains(TwoSites.DISK.toString(), TwoSites.SECOND_DISK.toString())
                .doesNotContain("overlay");
        assertThat(images(left)).isEmpty();
        assertWritten();
    }

    private static void assertWritten() {
        assertThat(scene.ledger()).endsWith("wrong=0");
        assertThat(scene.secondLedger()).endsWith("wrong=0");
    }

    private static List<String> images(Host host) {
        return host.run("ls", TwoSites.DISK.getParent().toString()).lines().sorted().toList();
    }
}
