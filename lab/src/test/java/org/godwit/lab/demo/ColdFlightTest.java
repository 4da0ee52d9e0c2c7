package org.godwit.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.godwit.lab.Host;
import org.godwit.lab.LabFolder;
import org.godwit.lab.Requirements;
import org.godwit.lab.VmSize;
import org.godwit.lab.house.House.Answer;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImages;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Processes;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.rest.Resources;
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

/** A VM with a disk of its host's that is shut down at site a and boots at site b, comes back, and does not want to go again. */
@Tag("vm")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ColdFlightTest {

    private static final int REFUSED = 3;
    private static final int ROLLED_BACK = 4;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Patience PATIENCE = new Patience(InstantSource.system());

    @TempDir
    static Path folder;

    private static TwoSites scene;

    @BeforeAll
    static void aVmRunsAtSiteAAndIsStartedWithItsHost() {
        Tier.VM.needs(Requirements.missingForVms());
        GuestImages images = GuestImages.standard();
        scene = TwoSites.open(Qemu.probe(images), LabFolder.STANDARD_ROOT, images.guest(),
                new TwoSites.Plan(VmSize.SMALL, 0, TwoSites.Part.PERSISTENT, TwoSites.Part.DISK), folder,
                System.out::println);
        scene.hostA().virsh("autostart", "vm1");
    }

    @AfterAll
    static void nothingIsLeft() {
        if (scene != null) {
            scene.saveLogs(Path.of("target/cold-flight"));
            scene.close();
        }
    }

    @Test
    @Order(1)
    void howLongItWillBeAwayIsNotKnownYetSoNoBudgetIsKept() {
        Answer plan = scene.house().ask("migrate", "vm1", "--to", "host-b", "--strategy", "cold", "--plan");
        assertThat(plan.exitCode()).as(plan.toString()).isZero();
        assertThat(plan.text()).contains("nothing can be predicted: how long the VM's guest takes to shut down")
                .contains("meanwhile its disks: ").contains("let the guest shut down")
                .contains("wait until the guest has booted");
        Answer budget = scene.house().ask("migrate", "vm1", "--to", "host-b", "--strategy", "cold", "--downtime-max",
                "60min");
        assertThat(budget.exitCode()).as(budget.toString()).isEqualTo(REFUSED);
        assertThat(budget.errors()).contains("a budget will be kept cannot be told");
        assertRunsAt(scene.hostA());
    }

    @Test
    @Order(2)
    void itIsShutDownAtSiteAAndBootsAtSiteB() {
        String stood = standsStill();
        Answer answer = scene.house().migrate(scene.vm().name(), scene.hostB(), "--strategy", "cold");
        Migration migration = answer.arrival(scene.hostB());
        assertRunsAt(scene.hostB());
        assertDiskIsAt(scene.hostB(), scene.hostA(), stood);
        assertThat(scene.hostA().virsh("list", "--all", "--name")).as("nobody can start it there")
                .doesNotContain("vm1");
        assertThat(scene.hostB().virsh("list", "--all", "--persistent", "--name")).contains("vm1");
        assertThat(migration.phases()).extracting(Resources.Phase::phase).containsExactly("REQUESTED", "CHECKED",
                "SHUTDOWN", "COPYING", "SWITCHOVER", "REBINDING", "SETTLED");
        assertThat(migration.vmDowntimeMs()).isGreaterThan(1_000);
    }

    @Test
    @Order(3)
    void itsNextPlanIsToldByHowLongItWasAway() {
        Answer plan = scene.house().ask("migrate", "vm1", "--to", "host-a", "--strategy", "cold", "--plan");
        assertThat(plan.exitCode()).as(plan.toString()).isZero();
        assertThat(plan.text()).contains("The VM was away for ").contains("its connections end");
        Answer budget = scene.house().ask("migrate", "vm1", "--to", "host-a", "--strategy", "cold", "--downtime-max",
                "100ms");
        assertThat(budget.exitCode()).as(budget.toString()).isEqualTo(REFUSED);
        assertThat(budget.errors()).contains("the VM would stand still for");
    }

    @Test
    @Order(4)
    void calledOffWhileItsDiskTravelsItBootsWhereItWasAndThenTakesItBack() {
        String stood = standsStill();
        scene.house().godwit("migrate", "vm1", "--to", "host-a", "--strategy", "cold", "--bandwidth-max", "1",
                "--detach");
        String migration = scene.house().vm(scene.vm().name()).migration();
        PATIENCE.until(LIMIT, () -> images(scene.hostA()).contains("vm1.qcow2.godwit-part"),
                () -> "no disk is begun with: " + images(scene.hostA()));
        scene.house().godwit("migration", "cancel", migration);
        assertThat(scene.house().watch(migration).as(Migration.class).outcome()).isEqualTo("rolled_back");
        assertRunsAt(scene.hostB());
        assertThat(told("found")).isEqualTo(stood);
        assertThat(images(scene.hostB())).containsExactly("vm1.qcow2");
        assertThat(images(scene.hostA())).containsExactly("vm1.qcow2.godwit-part");

        stood = standsStill();
        scene.house().migrate(scene.vm().name(), scene.hostA(), "--strategy", "cold").arrival(scene.hostA());
        assertRunsAt(scene.hostA());
        assertDiskIsAt(scene.hostA(), scene.hostB(), stood);
    }

    @Test
    @Order(5)
    void aGuestThatDoesNotHeedItsPowerButtonRunsOn() {
        scene.hostA().virsh("autostart", "vm1");
        scene.deafenGuest();
        Answer answer = scene.house().migrate(scene.vm().name(), scene.hostB(), "--strategy", "cold");
        assertThat(answer.exitCode()).as(answer.toString()).isEqualTo(ROLLED_BACK);
        assertThat(answer.as(Migration.class).failure().code()).isEqualTo("shutdown_failed");
        assertRunsAt(scene.hostA());
        assertThat(scene.hostA().virsh("dominfo", "vm1")).as("it is started with its host, as before")
                .containsPattern("Autostart: +enable");
        assertThat(scene.hostB().virsh("list", "--all", "--name")).doesNotContain("vm1");
    }

    /** From now on the VM writes to the last block of its disk alone. @return what stands in all others */
    private static String standsStill() {
        scene.write("overwrite=100 hot=1 run=1 pause=1000").close();
        return told("stands");
    }

    /** As it booted it has found what stood there when it was shut down; and nowhere else is any of it. */
    private static void assertDiskIsAt(Host here, Host left, String stood) {
        assertThat(told("found")).isEqualTo(stood);
        assertThat(images(here)).containsExactly("vm1.qcow2");
        assertThat(here.virsh("domblklist", "vm1")).contains(TwoSites.DISK.toString()).doesNotContain("overlay");
        assertThat(images(left)).isEmpty();
    }

    private static String told(String what) {
        String ledger = scene.ledger();
        assertThat(ledger).endsWith("wrong=0");
        return ledger.replaceFirst(".* " + what + "=([0-9a-f]{16}) .*", "$1");
    }

    private static List<String> images(Host host) {
        return host.run("ls", TwoSites.DISK.getParent().toString()).lines().sorted().toList();
    }

    /** And answers its peer, which was told where it is. */
    private static void assertRunsAt(Host host) {
        assertThat(host.virsh("domstate", "vm1").strip()).isEqualTo("running");
        Resources.Vm vm = scene.house().vm(scene.vm().name());
        assertThat(vm.host()).isEqualTo(host.name().text());
        assertThat(host.site().prefix().contains(MobileAddress.of(vm.moa()))).as(vm.moa()).isTrue();
        PATIENCE.until(LIMIT,
                () -> Processes.finish(LIMIT, scene.correspondent().enter(List.of("ping", "-6", "-c", "1", "-W", "5",
                        TwoSites.VM_HOA.toString())), "", Map.of()).exitCode() == 0,
                () -> "the VM does not answer its peer");
    }
}
