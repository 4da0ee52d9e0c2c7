package org.godwit.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.godwit.lab.LabFolder;
import org.godwit.lab.Requirements;
import org.godwit.lab.VmSize;
import org.godwit.lab.house.Programs;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImages;
import org.godwit.lab.process.Patience;
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

    private static final Duration FLOW_LIMIT = Duration.ofSeconds(30);

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
                new TwoSites.Plan(new VmSize(320, 2), 0), folder, System.out::println)) {
            try {
                scene.measure(folder);
                Running reader = scene.correspondent().start("reader",
                        Programs.command("org.godwit.lab.meter.CountMain", List.of(TwoSites.VM_HOA.toString(), "7005")),
                        Programs.environment());
                awaitMore(reader);
                Flight there = scene.fly(scene.hostB());
                Flight back = scene.fly(scene.hostA());
                assertThat(there.measured().tcp().survived()).isTrue();
                assertThat(back.measured().tcp().survived()).isTrue();
                awaitMore(reader);
            } finally {
                scene.saveLogs(Path.of("target/flight-smp"));
            }
        }
    }

    /** It goes on reading, and so has missed nothing. */
    private static void awaitMore(Running reader) {
        long before = reader.timesSaid("counted");
        reader.awaitReady(new Patience(InstantSource.system()), FLOW_LIMIT,
                () -> reader.timesSaid("counted") > before, "does not read on");
    }
}
