package org.godwit.lab.experiment.meter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.godwit.lab.Requirements;
import org.godwit.lab.experiment.Report;
import org.godwit.lab.experiment.Stage;
import org.godwit.lab.experiment.Trial;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Some silences. On a machine that does much else, some are measured while somebody was kept from running: not most. */
@Tag("netns")
@Isolated
class MeterExperimentTest {

    private static final int RUNS = 7;
    private static final int RUNS_MAX = 40;
    private static final double PROBE_INTERVAL_MS = 1;

    @TempDir
    private Path folder;

    @BeforeAll
    static void needsNamespaces() {
        Tier.NETNS.needs(Requirements.missingForVms());
    }

    @Test
    void aSilenceIsMeasuredAsLongAsItWas() {
        MeterExperiment experiment = new MeterExperiment(List.of(50.0, 200.0));
        List<MeterRun> runs = new ArrayList<>();
        try (Stage stage = new Stage(folder.resolve("labs"), folder.resolve("work"), _ -> {})) {
            List<Trial<MeterRun>> trials = experiment.trials(stage);
            for (int run = 1; run <= RUNS || run <= RUNS_MAX && exact(runs) < RUNS; run++) {
                for (Trial<MeterRun> trial : trials) {
                    runs.addAll(trial.measure().take(run, run));
                }
            }
        }

        assertThat(runs).allMatch(run -> run.knownVmToPeerMs() >= run.orderedMs());
        assertThat(runs).allMatch(run -> run.measuredVmToPeerMs() >= run.orderedMs() - PROBE_INTERVAL_MS);
        assertThat(exact(runs)).as("measured within one probe interval in both directions, of " + runs)
                .isGreaterThanOrEqualTo(RUNS);
        assertThat(experiment.report(runs).blocks()).hasAtLeastOneElementOfType(Report.Block.Table.class);
    }

    private static long exact(List<MeterRun> runs) {
        return Math.min(
                runs.stream().filter(run -> Math.abs(run.errorVmToPeerMs()) <= PROBE_INTERVAL_MS).count(),
                runs.stream().filter(run -> Math.abs(run.errorPeerToVmMs()) <= PROBE_INTERVAL_MS).count());
    }
}
