package org.godwit.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.godwit.lab.LabFolder;
import org.godwit.lab.Requirements;
import org.godwit.lab.VmSize;
import org.godwit.lab.experiment.Stage;
import org.godwit.lab.experiment.TextReport;
import org.godwit.lab.experiment.amvm.AmvmCopyExperiment;
import org.godwit.lab.experiment.amvm.AmvmCopyRun;
import org.godwit.lab.experiment.degradation.DegradationExperiment;
import org.godwit.lab.experiment.degradation.DegradationRun;
import org.godwit.lab.experiment.streaming.StreamingExperiment;
import org.godwit.lab.experiment.streaming.StreamingRun;
import org.godwit.lab.house.Meter;
import org.godwit.lab.house.Programs;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImages;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Running;
import org.godwit.lab.report.Flight;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** A VM with two processors, whose interfaces have two queues, flies while its applications serve. */
@Tag("vm")
@Isolated
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ApplicationFlightTest {

    private static final int MEMORY_MIB = 448;
    private static final Duration FLOW_LIMIT = Duration.ofSeconds(30);

    @TempDir
    static Path folder;

    private static TwoSites scene;
    private static Stage stage;

    @BeforeAll
    static void aVmServesAFilmAndAStore() {
        Tier.VM.needs(Requirements.missingForApplications());
        GuestImages images = GuestImages.standard();
        scene = TwoSites.open(Qemu.probe(images), LabFolder.STANDARD_ROOT, images.guest(),
                new TwoSites.Plan(new VmSize(MEMORY_MIB, 2), 0, Optional.of(StreamingExperiment.film(folder)
                        .and(DegradationExperiment.REDIS).and(AmvmCopyExperiment.LOADS)), Set.of()),
                folder, System.out::println);
        stage = new Stage(LabFolder.STANDARD_ROOT, folder, System.out::println);
    }

    @AfterAll
    static void nothingIsLeft() {
        if (scene != null) {
            stage.close();
            scene.saveLogs(Path.of("target/application-flight"));
            scene.close();
        }
    }

    @Test
    @Order(1)
    void largeSegmentsFromSeveralQueuesArriveCompleteAndInOrder() {
        try (Meter _ = scene.measure(folder);
                Running reader = scene.correspondent().start("reader",
                        Programs.command("org.godwit.lab.meter.CountMain", List.of(TwoSites.VM_HOA.toString(), "7005")),
                        Programs.environment())) {
            awaitMore(reader);
            Flight there = scene.fly(scene.hostB());
            Flight back = scene.fly(scene.hostA());
            assertThat(there.measured().tcp().survived()).isTrue();
            assertThat(back.measured().tcp().survived()).isTrue();
            awaitMore(reader);
        }
    }

    /** It goes on reading, and so has missed nothing. */
    private static void awaitMore(Running reader) {
        long before = reader.timesSaid("counted");
        reader.awaitReady(new Patience(InstantSource.system()), FLOW_LIMIT,
                () -> reader.timesSaid("counted") > before, "does not read on");
    }

    @Test
    @Order(2)
    void aFilmIsSeenOnWhileItsServerFlies() {
        StreamingExperiment experiment = new StreamingExperiment();
        List<StreamingRun> runs = experiment.trials(scene).getFirst().measure().take(1, 1);

        assertThat(runs).hasSize(2).allSatisfy(run -> {
            assertThat(run.rtpFrames()).isGreaterThan(run.rtpLost() + run.rtpLate()).isPositive();
            assertThat(run.httpFrames()).isPositive();
            assertThat(run.pauseMs()).isPositive();
        });
        System.out.println(TextReport.render(experiment.report(runs)));
    }

    @Test
    @Order(3)
    void aStoreIsAskedOnWhileItFlies() {
        DegradationExperiment experiment = new DegradationExperiment();
        List<DegradationRun> runs = experiment.trials(scene, stage).getFirst().measure().take(1, 1);

        assertThat(runs).hasSize(2).allSatisfy(run -> {
            assertThat(run.before()).isPositive();
            assertThat(run.after()).isPositive();
            assertThat(run.pauseMs()).isPositive();
        });
        System.out.println(TextReport.render(experiment.report(runs)));
    }

    @Test
    @Order(4)
    void whatIsForetoldOfABusyVmStandsBesideWhatItTakes() {
        AmvmCopyExperiment experiment = new AmvmCopyExperiment();
        List<AmvmCopyRun> runs = experiment.trials(scene, MEMORY_MIB, stage).stream()
                .filter(trial -> trial.label().startsWith("CPU-bound") && trial.label().endsWith("pre-copy"))
                .findFirst().orElseThrow().measure().take(1, 1);

        assertThat(runs).hasSize(2).allSatisfy(run -> {
            assertThat(run.downtimeMs()).isPositive();
            assertThat(run.sentMb()).isPositive();
            assertThat(run.forecastSentMb()).as("foretold").isNotNull();
            assertThat(run.sentMb() / run.sentMbPerSecond()).as("QEMU sends for less than libvirt copies")
                    .isBetween(0.0, run.copyMs() / 1e3);
        });
        System.out.println(TextReport.render(experiment.report(runs)));
    }
}
