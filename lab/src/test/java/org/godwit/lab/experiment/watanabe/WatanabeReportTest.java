package org.godwit.lab.experiment.watanabe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.godwit.lab.experiment.Report;
import org.godwit.lab.experiment.Report.Block;
import org.junit.jupiter.api.Test;

class WatanabeReportTest {

    @Test
    void aMigrationIsComparedWithTheOrdinaryOneOfItsTurn() {
        List<WatanabeRun> runs = new ArrayList<>();
        // The machine is twice as slow in the second turn: the ratio is the same.
        for (int turn = 1; turn <= 2; turn++) {
            for (int way = 1; way <= 2; way++) {
                runs.add(run(turn, Subject.GLOBAL, 110 * turn));
                runs.add(run(turn, Subject.UNPREPARED, 3000 * turn));
                runs.add(run(turn, Subject.ORDINARY, 100 * turn));
            }
        }

        Report report = new WatanabeReport(runs).report();

        assertThat(lines(report)).contains(
                List.of("global, Godwit", "2", "1.10 (1.10 to 1.10)", "1.10 (1.10 to 1.10)", "1.10 (1.10 to 1.10)",
                        "1.10 (1.10 to 1.10)"),
                List.of("1000", "256", "0.60", "0.17 (0.11 to 0.22; 4)", "2.82", "4.50 (3.00 to 6.00; 4)", "0.43",
                        "0.15 (0.10 to 0.20; 4)"),
                List.of("1000", "32", "0.57", "-", "2.67", "-", "0.45", "-"),
                List.of("mapping server updated, peer told, its probe answered", "4", "20.0", "20.0", "20.0"));
        assertThat(report.blocks()).hasAtLeastOneElementOfType(Block.Figure.class);
    }

    @Test
    void withOneKindOnlyThereIsNothingToCompareButAReport() {
        assertThat(lines(new WatanabeReport(List.of(run(1, Subject.GLOBAL, 100))).report()))
                .contains(List.of("global, Godwit", "1", "-", "-", "-", "-"));
        assertThatThrownBy(() -> new WatanabeReport(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void thePapersTableIsWhole() {
        assertThat(PaperTable.CELLS).hasSize(30);
        assertThat(PaperTable.meanDwSeconds(Subject.GLOBAL) / PaperTable.meanDwSeconds(Subject.ORDINARY))
                .isCloseTo(1.47, within(0.005));
        assertThat(PaperTable.find(Subject.UNPREPARED, 100, 512).orElseThrow().dwSeconds()).isEqualTo(4.87);
    }

    private static Stream<List<String>> linesOf(Block block) {
        return block instanceof Block.Table table ? table.lines().stream() : Stream.empty();
    }

    private static List<List<String>> lines(Report report) {
        return report.blocks().stream().flatMap(WatanabeReportTest::linesOf).toList();
    }

    private static WatanabeRun run(int turn, Subject subject, double outageMs) {
        boolean alone = subject == Subject.UNPREPARED;
        return new WatanabeRun(turn, subject + ", 256", subject, 256, 1000, "host-a", "host-b", 1.5, 40, outageMs,
                outageMs, outageMs, 2000, outageMs, true, 10, 20, 3, alone ? 500.0 : null, alone ? 1000.0 : null,
                alone ? 200.0 : null, alone ? 300.0 : null, alone ? 1000.0 : null, alone ? 20.0 : null);
    }
}
