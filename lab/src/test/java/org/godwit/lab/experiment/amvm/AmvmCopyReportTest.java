package org.godwit.lab.experiment.amvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

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
                .anySatisfy(line -> assertThat(line).startsWith(
                        "memory-bound: data transferred, MB, hybrid-copy / pre-copy", "0.53", "0.50"))
                .anySatisfy(line -> assertThat(line).startsWith(
                        "memory-bound: page faults, hybrid-copy / post-copy", "0.48", "-"))
                .allSatisfy(line -> assertThat(Double.parseDouble(line.getLast())).as("%s", line).isBetween(0.2, 1.0));
    }

    @Test
    void eachKindOfLoadHasATableAndOneThatNobodyHadHasNone() {
        assertThat(tables()).extracting(Block.Table::caption).contains("memory-bound", "empty")
                .doesNotContain("CPU-bound");
    }

    @Test
    void whatWasForetoldStandsBesideWhatWasMeasuredWhereSomethingWas() {
        assertThat(table("All strategies").lines().getFirst())
                .containsExactly("total time of the copy, ms, plan", "2", "50 %", "50 %", "2.00");
        // 100 MB at 50 MB/s, and hardly anything again; the simulator sends headers, too.
        assertThat(table("pre-copy").lines()).filteredOn(line -> line.getFirst().startsWith("data")).extracting(
                List::getFirst, line -> line.get(1), line -> line.getLast())
                .containsExactly(tuple("data transferred, MB, plan", "1", "1.25"),
                        tuple("data transferred, MB, model", "2", "2.11"),
                        tuple("data transferred, MB, simulator", "2", "2.10"));
        assertThat(table("Each migration: measured / plan / model / simulator").lines()).hasSize(3).last()
                .extracting(List::getLast).asString().startsWith("100 / - / 1");
    }

    @Test
    void aBusyVmIsForetoldToSendMoreThanOneThatIsIdle() {
        AmvmCopyRun busy = run("memory-bound", "pre-copy", 8000, 500, null);
        AmvmCopyRun idle = run("empty", "pre-copy", 8000, 500, null);
        for (Foretold.By by : List.of(Foretold.By.MODEL, Foretold.By.SIMULATOR)) {
            assertThat(by.of(busy).orElseThrow().sentMb()).as(by.toString())
                    .isGreaterThan(by.of(idle).orElseThrow().sentMb() + 5);
        }
        assertThat(Foretold.By.PLAN.of(busy)).isEmpty();
    }

    @Test
    void nothingMeasuredIsNothingToReport() {
        assertThatThrownBy(() -> new AmvmCopyReport(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    private static Block.Table table(String caption) {
        return tables().stream().filter(table -> table.caption().equals(caption)).findFirst().orElseThrow();
    }

    private static List<Block.Table> tables() {
        return new AmvmCopyReport(RUNS, 1).report().blocks().stream().flatMap(
                block -> block instanceof Block.Table table ? Stream.of(table) : Stream.empty()).toList();
    }

    private static AmvmCopyRun run(String doing, String strategy, double copyMs, double sentMb, Double forecastMs) {
        return new AmvmCopyRun(1, doing + ", 256 MiB, " + strategy, doing, 256, strategy, "host-b", 1, copyMs, 40,
                sentMb, null, 0, 100.0, doing.equals("empty") ? 0.0 : 20.0, 50.0, forecastMs, 30.0, 400.0, 0.0);
    }
}
