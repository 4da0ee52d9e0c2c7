package org.godwit.lab.experiment.mirroring;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.godwit.lab.experiment.Report;
import org.godwit.lab.experiment.Stage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One run of everything, some seconds. */
class MirroringExperimentTest {

    private static List<MirroringRun> runs;

    @BeforeAll
    static void runOnce() {
        runs = new MirroringExperiment()
                .trials(new Stage(Path.of(""), Path.of(""), _ -> {})).stream()
                .flatMap(trial -> trial.measure().take(1, 1).stream())
                .toList();
    }

    @Test
    void theEquationsGiveTableOne() {
        Percentage fourDigits = Percentage.withPercentage(0.05);
        for (Subject subject : Subject.values()) {
            for (double speed : Subject.LINK_SPEEDS) {
                assertThat(subject.equations(Subject.TABLE_SIZE, speed).totalTimeAtThreeControls())
                        .as(subject + " at " + speed).isCloseTo(subject.printedSeconds(speed), fourDigits);
            }
        }
    }

    @Test
    void theGuestIsTheOneWithWhichPreCopySendsWhatTableOneSays() {
        assertThat(timesSent(Subject.PRE_COPY, 100)).isCloseTo(1.4, Percentage.withPercentage(2));
    }

    @Test
    void mirroringSendsTheMemoryOnceAndLruIsBetweenThem() {
        assertThat(timesSent(Subject.MIRRORING, 100)).isBetween(1.0, 1.02);
        assertThat(timesSent(Subject.LRU, 100))
                .isBetween(timesSent(Subject.MIRRORING, 100), timesSent(Subject.PRE_COPY, 100));
    }

    @Test
    void whatMirroringSparesShrinksOnAFasterLinkUnlikeInTableOne() {
        assertThat(timesSent(Subject.PRE_COPY, 10_000)).isLessThan(1.05);
    }

    @Test
    void theReportComparesEveryCellOfTableOne() {
        Report report = new MirroringExperiment().report(runs);
        assertThat(report.blocks().stream().flatMap(block -> block instanceof Report.Block.Table table
                ? table.lines().stream()
                : Stream.empty()).flatMap(List::stream))
                .contains("192.360", "35.480", "48.228", "mirroring, 10000", "LRU, 500 MB/s");
        assertThat(report.blocks()).filteredOn(Report.Block.Figure.class::isInstance).hasSize(3);
    }

    private static double timesSent(Subject subject, double megabits) {
        return runs.stream().filter(run -> run.subject() == subject && run.linkUnit() == LinkUnit.MEGABITS
                && run.linkSpeed() == megabits && run.vmMb() == Subject.TABLE_SIZE).findFirst().orElseThrow()
                .timesSent();
    }
}
