package org.godwit.lab.experiment.wan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.godwit.lab.experiment.Report;
import org.godwit.lab.experiment.Report.Block;
import org.junit.jupiter.api.Test;

class WanReportTest {

    @Test
    void whatAPartHasGrownByIsToldInRoundTrips() {
        Report report = new WanReport(List.of(run(0, 0, 10, 100), run(0, 0, 12, 100), run(75, 0, 161, 250),
                run(75, 0, 161, 252), run(5, 1, 20, 110))).report();

        assertThat(report.blocks().stream().flatMap(WanReportTest::lines)).contains(
                List.of("  libvirt's finish phase, until RESUME", "150.0", "1.00"),
                List.of("outage, VM to peer", "151.0", "1.01"),
                List.of("outage, VM to peer", "100.0 (100.0 to 100.0)", "251.0 (250.0 to 252.0)",
                        "110.0 (110.0 to 110.0)"));
    }

    @Test
    void oneDistanceAloneIsAReportToo() {
        assertThat(new WanReport(List.of(run(5, 0, 10, 100))).report().blocks())
                .hasAtLeastOneElementOfType(Block.Figure.class);
        assertThatThrownBy(() -> new WanReport(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    private static Stream<List<String>> lines(Block block) {
        return block instanceof Block.Table table ? table.lines().stream() : Stream.empty();
    }

    private static WanRun run(double delayMs, double lossPercent, double finishMs, double outageMs) {
        return new WanRun(1, delayMs + " " + lossPercent, delayMs, lossPercent, "netem", "host-b", 1, 2 * delayMs, 60,
                3, 1, 40, finishMs, 30, outageMs, outageMs, outageMs, true, 0, 0, 3000);
    }
}
