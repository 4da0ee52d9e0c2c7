package org.godwit.lab.experiment.sharedmemory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.godwit.lab.Requirements;
import org.godwit.lab.experiment.Report.Block;
import org.godwit.lab.experiment.Stage;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("vm")
class SharedMemoryTest {

    @TempDir
    private Path folder;

    @BeforeAll
    static void needsVms() {
        Tier.VM.needs(Requirements.missingForVms());
    }

    @Test
    void aVmWhoseMemoryIsMovedFromOutsideOfQemuWorksOnAtTheTarget() {
        SharedMemoryExperiment experiment = new SharedMemoryExperiment(List.of(256), 0);
        List<SharedMemoryRun> runs;
        try (Stage stage = new Stage(folder.resolve("labs"), folder.resolve("work"), _ -> {})) {
            runs = experiment.trials(stage).stream().filter(trial -> trial.label().contains(Load.MEMORY_BOUND + ","))
                    .flatMap(trial -> trial.measure().take(1, 1).stream()).toList();
        }

        assertThat(runs).extracting(SharedMemoryRun::trial).containsExactly("pre-copy, QEMU, memory-bound, 256 MiB",
                "from outside of QEMU, memory-bound, 256 MiB");
        assertThat(runs).allMatch(run -> run.copyMs() > run.pauseMs() && run.pauseMs() > 0)
                .as("the 32 MiB that are written, at least").allMatch(run -> run.sentMb() > 32);
        assertThat(runs.getLast().passes()).isGreaterThanOrEqualTo(2);
        assertThat(experiment.report(runs).blocks()).hasAtLeastOneElementOfType(Block.Table.class);
    }
}
