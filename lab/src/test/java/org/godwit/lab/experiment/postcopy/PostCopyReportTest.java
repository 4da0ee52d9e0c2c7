package org.godwit.lab.experiment.postcopy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.godwit.lab.experiment.Report;
import org.godwit.lab.experiment.Report.Block;
import org.junit.jupiter.api.Test;

class PostCopyReportTest {

    @Test
    void eachLinkHasATableWithAColumnForEachStrategy() {
        Report report = new PostCopyExperiment().report(List.of(run("pre-copy", 100, 20_000, null),
                run("hybrid-copy", 100, 9_000, 120.0), run("pre-copy", 1000, 5_000, null)));

        assertThat(tables(report)).extracting(Block.Table::caption).containsExactly("100 Mbit/s", "1000 Mbit/s");
        assertThat(tables(report).getFirst().lines()).contains(
                List.of("T_ALL: until the VM is heard at the target, ms", "9000.0 (9000.0 to 9000.0)",
                        "20000.0 (20000.0 to 20000.0)"),
                List.of("pages that the VM waited for", "120.0 (120.0 to 120.0)", "-"));
    }

    @Test
    void withoutAMigrationThereIsNoReport() {
        assertThatThrownBy(() -> new PostCopyExperiment().report(List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<Block.Table> tables(Report report) {
        return report.blocks().stream().flatMap(
                block -> block instanceof Block.Table table ? Stream.of(table) : Stream.empty()).toList();
    }

    private static PostCopyRun run(String strategy, int mbit, double heardMs, Double requests) {
        return new PostCopyRun(1, strategy + ", " + mbit + " Mbit/s", strategy, mbit, "host-b", 1, heardMs, heardMs,
                40.0, 60, 50, 50, true, 0, 0, 4.0, 250.0, requests);
    }
}
