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

/** A VM that is shut down at site a and boots at site b, and one that does not want to. */
@Tag("vm")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ColdFlightTest {

    private static final int REFUSED = 3;
    private static final int ROLLED_BACK = 4;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    static Path folder;

    private static TwoSites scene;

    @BeforeAll
    static void aVmRunsAtSiteAAndIsStartedWithItsHost() {
        Tier.VM.needs(Requirements.missingForVms());
        GuestImages images = GuestImages.standard();
        scene = TwoSites.open(Qemu.probe(images), LabFolder.STANDARD_ROOT, images.guest(),
                new TwoSites.Plan(VmSize.SMALL, 0, TwoSites.Part.PERSISTENT), folder, System.out::println);
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
                .contains("let the guest shut down").contains("wait until the guest has booted");
        Answer budget = scene.house().ask("migrate", "vm1", "--to", "host-b", "--strategy", "cold", "--downtime-max",
                "60min");
        assertThat(budget.exitCode()).as(budget.toString()).isEqualTo(REFUSED);
        assertThat(budget.errors()).contains("a budget will be kept cannot be told");
        assertRunsAt(scene.hostA());
    }

    @Test
    @Order(2)
    void itIsShutDownAtSiteAAndBootsAtSiteB() {
        Answer answer = scene.house().migrate(scene.vm().name(), scene.hostB(), "--strategy", "cold");
        Migration migration = answer.arrival(scene.hostB());
        assertRunsAt(scene.hostB());
        assertThat(scene.hostA().virsh("list", "--all", "--name")).as("nobody can start it there")
                .doesNotContain("vm1");
        assertThat(scene.hostB().virsh("list", "--all", "--persistent", "--name")).contains("vm1");
        assertThat(migration.phases()).extracting(Resources.Phase::phase).containsExactly("REQUESTED", "CHECKED",
                "SHUTDOWN", "SWITCHOVER", "REBINDING", "SETTLED");
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
    void aGuestThatDoesNotHeedItsPowerButtonRunsOn() {
        scene.hostB().virsh("autostart", "vm1");
        scene.deafenGuest();
        Answer answer = scene.house().migrate(scene.vm().name(), scene.hostA(), "--strategy", "cold");
        assertThat(answer.exitCode()).as(answer.toString()).isEqualTo(ROLLED_BACK);
        assertThat(answer.as(Migration.class).failure().code()).isEqualTo("shutdown_failed");
        assertRunsAt(scene.hostB());
        assertThat(scene.hostB().virsh("dominfo", "vm1")).as("it is started with its host, as before")
                .containsPattern("Autostart: +enable");
        assertThat(scene.hostA().virsh("list", "--all", "--name")).doesNotContain("vm1");
    }

    /** And answers its peer, which was told where it is. */
    private static void assertRunsAt(Host host) {
        assertThat(host.virsh("domstate", "vm1").strip()).isEqualTo("running");
        Resources.Vm vm = scene.house().vm(scene.vm().name());
        assertThat(vm.host()).isEqualTo(host.name().text());
        assertThat(host.site().prefix().contains(MobileAddress.of(vm.moa()))).as(vm.moa()).isTrue();
        new Patience(InstantSource.system()).until(LIMIT,
                () -> Processes.finish(LIMIT, scene.correspondent().enter(List.of("ping", "-6", "-c", "1", "-W", "5",
                        TwoSites.VM_HOA.toString())), "", Map.of()).exitCode() == 0,
                () -> "the VM does not answer its peer");
    }
}
