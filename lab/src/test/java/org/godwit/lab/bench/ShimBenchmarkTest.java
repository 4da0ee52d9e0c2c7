package org.godwit.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.godwit.lab.Requirements;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One short turn of each way: that all of them carry packets, not how many. */
@Tag("netns")
class ShimBenchmarkTest {

    @TempDir
    Path folder;

    @BeforeAll
    static void needsNamespaces() {
        Tier.NETNS.needs(Requirements.missingForShimBenchmark());
    }

    @Test
    void everyWayHasItsTurnAndTheProgramsAreAccountedFor() {
        Results<ShimRun> results = new Results<>(folder.resolve("out"), "shim", new Machine(Map.of()), Map.of(),
                ShimRun.class);
        Progress progress = new Progress(new PrintWriter(new StringWriter()), InstantSource.system());

        List<ProgramCost> costs = ShimBenchmark.run(folder.resolve("labs"), 1, 1, results, progress);

        assertThat(results.runs()).extracting(ShimRun::way).containsExactly(Way.values());
        assertThat(results.runs()).allMatch(run -> run.tcpGbitPerS() > 0 && run.udpDeliveredKpps() > 0);
        assertThat(Stream.of(Way.values()).map(Way::toString)).allMatch(way -> ShimTable
                .render(results.runs(), costs).contains("  " + way + " "));
        assertThat(costs).extracting(ProgramCost::program).contains("mat_egress", "mat_ingress", "mat_nic_egress");
        assertThat(costs).allMatch(cost -> cost.nsPerRun() > 0);
    }
}
