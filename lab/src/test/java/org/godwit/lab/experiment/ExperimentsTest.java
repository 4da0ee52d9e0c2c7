package org.godwit.lab.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ExperimentsTest {

    @Test
    void theCommandOfAReportIsTheOneThatTakesTheSameTurns() {
        assertThat(typed("meter")).isEqualTo("lab/experiment meter --runs 7 --seed 1");
        String all = "lab/experiment amvm-copy --quick --runs 7 --minutes 30 --seed 5 --only 'memory-bound, 256 MiB'";
        assertThat(typed("amvm-copy", "--only", "memory-bound, 256 MiB", "--quick", "--minutes", "30", "--seed", "5",
                "--again")).isEqualTo(all);
    }

    private static String typed(String... arguments) {
        Experiments experiments = new Experiments();
        new CommandLine(experiments).parseArgs(arguments);
        return experiments.command(7);
    }
}
