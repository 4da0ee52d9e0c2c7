package org.godwit.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.godwit.lab.LabFolder;
import org.godwit.lab.Requirements;
import org.godwit.lab.VmSize;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImages;
import org.godwit.lab.process.Running;
import org.godwit.lab.report.Flight;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A VM with two processors, whose interfaces have two queues, flies while it sends as much as the peer takes. */
@Tag("vm")
class SmpFlightTest {

    @TempDir
    Path folder;

    @BeforeAll
    static void needsVms() {
        Tier.VM.needs(Requirements.missingForVms());
    }

    @Test
    void largeSegmentsFromSeveralQueuesArriveCompleteAndInOrder() {
        GuestImages images = GuestImages.standard();
        try (TwoSites scene = TwoSites.open(Qemu.probe(images), LabFolder.STANDARD_ROOT, images.guest(),
                new VmSize(320, 2), 0, folder, System.out::println)) {
            try {
                scene.measure(folder);
                CountReader reader = CountReader.start(scene.correspondent(), TwoSites.VM_HOA, 7005);
                Flight there = scene.fly(scene.hostB());
                Flight back = scene.fly(scene.hostA());
                assertThat(there.measured().tcp().survived()).isTrue();
                assertThat(back.measured().tcp().survived()).isTrue();
                assertThat(reader.linesAfter(scene.lab().patience())).as("lines read, all in order").isPositive();
            } finally {
                scene.saveLogs(Path.of("target/flight-smp"));
            }
        }
    }
}
