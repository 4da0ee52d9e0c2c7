package org.godwit.lab.experiment.amvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.godwit.lab.experiment.Report.Block;
import org.junit.jupiter.api.Test;

class AmvmCopyReportTest {

    private static final List<AmvmCopyRun> RUNS = List.of(run("memory-bound", "pre-copy", 8000, 500, 4000.0),
            run("memory-bound", "hybrid-copy", 4000, 250, 2000.0), run("empty", "pre-copy", 2000, 100, null));

    @Test
    void quotientsStandBesideThoseOfThePaper() {
        assertThat(table("Quotients of the medians over all sizes").lines())
                .contains(List.of("memory-bound: data transferred, MB, hybrid-copy / pre-copy", "0.53", "0.50"),
                        List.of("memory-bound: page faults, hybrid-copy / post-copy", "0.48", "-"));
    }

    @Test
    void eachKindOfLoadHasATableAndOneThatNobodyHadHasNone() {
        assertThat(tables()).extracting(Block.Table::caption).contains("memory-bound", "empty")
                .doesNotContain("CPU-bound");
    }

    @Test
    void whatWasForecastIsComparedWithWhatWasMeasuredWhereThereIsAForecast() {
        assertThat(table("Measured by forecast").header()).hasSize(3);
        assertThat(table("Measured by forecast").lines().getFirst())
                .containsExactly("copy", "2.0 (2.0 to 2.0)", "2.0 (2.0 to 2.0)");
    }

    @Test
    void nothingMeasuredIsNothingToReport() {
        assertThatThrownBy(() -> new AmvmCopyReport(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    private static Block.Table table(String caption) {
        return tables().stream().filter(table -> table.caption().equals(caption)).findFirst().orElseThrow();
    }

    private static List<Block.Table> tables() {
        return new AmvmCopyReport(RUNS).report().blocks().stream().flatMap(
                block -> block instanceof Block.Table table ? Stream.of(table) : Stream.empty()).toList();
    }

    private static AmvmCopyRun run(String doing, String strategy, double copyMs, double sentMb, Double forecastMs) {
        return new AmvmCopyRun(1, doing + ", 256 MiB, " + strategy, doing, 256, strategy, "host-b", 1, copyMs, 40,
                sentMb, 0, forecastMs, 30.0, 400.0, 0.0);
    }
}
