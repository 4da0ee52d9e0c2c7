package org.godwit.lab.experiment.hostlimits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.godwit.lab.Requirements;
import org.godwit.lab.experiment.Report.Block;
import org.godwit.lab.experiment.Stage;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("netns")
class HostLimitsExperimentTest {

    @TempDir
    private Path folder;

    @BeforeAll
    static void needsNamespaces() {
        Tier.NETNS.needs(Requirements.missingForVms());
    }

    @Test
    void whatIsStagedIsCountedAndGuestsFormAddresses() {
        HostLimitsExperiment experiment = new HostLimitsExperiment(List.of(1, 3), "0.2", System::nanoTime);
        List<HostLimitsRun> runs = new ArrayList<>();
        try (Stage stage = new Stage(folder.resolve("labs"), folder.resolve("work"), _ -> {})) {
            experiment.trials(stage).forEach(trial -> runs.addAll(trial.measure().take(1, 1)));
        }

        assertThat(runs).extracting(HostLimitsRun::trial, HostLimitsRun::staged).containsExactly(
                tuple("a radvd each", 1),
                tuple("a radvd each", 3),
                tuple("one radvd for all", 1),
                tuple("one radvd for all", 3));
        assertThat(runs).allMatch(run -> run.stageMs() > 0 && run.formedMs() > 0 && run.radvdMb() > 0);
        assertThat(runs.get(1).radvdProcesses()).as("of three").isEqualTo(3 * runs.getFirst().radvdProcesses());
        assertThat(runs.get(3).radvdProcesses()).as("one for all").isEqualTo(runs.get(2).radvdProcesses());
        assertThat(runs.get(1).removeMs()).isPositive();
        assertThat(experiment.report(runs).blocks()).hasAtLeastOneElementOfType(Block.Table.class);
    }
}
