package org.godwit.lab.experiment.roundtrip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.godwit.lab.experiment.Report;
import org.junit.jupiter.api.Test;

class RoundTripReportTest {

    @Test
    void whatGrowsIsSeenByItsEnds() {
        List<RoundTripRun> runs = IntStream.rangeClosed(1, 8)
                .mapToObj(run -> new RoundTripRun(run, "flight", run % 2 == 1 ? "host-b" : "host-a", "settled",
                        run == 3 ? null : 30.0, 90, 80, 0, 0, true, 100, 0, 2000.0, 2, 20 + run, 50, 2, 300,
                        400.0 + run))
                .toList();

        List<Report.Block> blocks = new RoundTripExperiment().report(runs).blocks();

        assertThat(blocks.getFirst()).isEqualTo(new Report.Block.Text(
                "TCP connections that survived: 8 of 8. Outcomes: [settled]. Pings lost: 0."));
        assertThat(blocks.stream().flatMap(block -> block instanceof Report.Block.Table table
                ? table.lines().stream()
                : Stream.empty()))
                .contains(List.of("VM downtime, ms", "7", "30.0", "30.0", "30.0"),
                        List.of("interfaces of all hosts", "21.5", "27.5"),
                        List.of("bindings at the mapping server", "2.0", "2.0"));
    }
}
