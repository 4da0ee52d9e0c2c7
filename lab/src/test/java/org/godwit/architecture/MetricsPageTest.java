package org.godwit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.godwit.host.operation.HostMetric;
import org.godwit.mcs.ims.ImsCounter;
import org.godwit.mcs.operation.ImsMetric;
import org.godwit.mcs.operation.McsMetric;
import org.godwit.mcs.operation.StoreMetric;
import org.godwit.operation.metrics.Metric;
import org.godwit.operation.metrics.MetricsPage;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.Test;

/** {@code docs/metrics.md} is made from the enums; {@code -Dgolden.update=true} makes it anew. */
class MetricsPageTest {

    @Test
    void thePageShowsEveryMetric() {
        String page = """
                # Metrics

                `mcs-server`, `godwit-ims` and `godwit-host-agent` serve `/metrics` in Prometheus' text format on the port of
                their setting `status` ([operating](operating.md#health)). Beside their own, which this page shows, they have
                those of the Java virtual machine under their usual names (`jvm_*`, `process_*`). Counters begin anew with
                the process. This page is made from the programs.

                ## The control server

                %s
                ## Its database, and that of a mapping server of its own

                %s
                ## The mapping server

                Inside `mcs-server`, or in `godwit-ims`.

                %s
                | `event` | What is counted |
                |---|---|
                %s
                ## The host agent

                %s
                ## The guest agent

                It opens no port in a guest. `godwit-guest-agent counters -o prometheus` prints what the shim has counted; node_exporter's
                textfile collector takes it as it is ([the shim](shim.md)).
                """
                .formatted(table(McsMetric.values()), table(StoreMetric.values()), table(ImsMetric.values()), events(),
                        table(HostMetric.values()));
        Golden.assertMatches("../../../../../docs/metrics.md", page);
    }

    @Test
    void noTwoHaveOneName() {
        assertThat(
                Stream.<Metric[]>of(McsMetric.values(), StoreMetric.values(), ImsMetric.values(), HostMetric.values())
                        .flatMap(Stream::of).map(metric -> metric.description().name()))
                .doesNotHaveDuplicates();
    }

    private static String table(Metric... metrics) {
        return MetricsPage.table(List.of(metrics));
    }

    private static String events() {
        return Stream.of(ImsCounter.values())
                .map(counter -> "| `" + counter.name().toLowerCase(Locale.ROOT) + "` | " + counter.meaning() + " |\n")
                .collect(Collectors.joining());
    }
}
