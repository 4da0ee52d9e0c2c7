package org.godwit.operation.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsTest {

    private enum Pond implements Metric {

        FISH(Description.gauge("godwit_pond_fish", "How many fish there are.", "kind")),

        DIVES(Description.counter("godwit_pond_dives", "How often a heron dived.")),

        WAIT_SECONDS(Description.pauses("godwit_pond_wait_seconds", "How long a heron waited."));

        private final Description description;

        Pond(Description description) {
            this.description = description;
        }

        @Override
        public Description description() {
            return description;
        }
    }

    private final Metrics metrics = new Metrics();

    @Test
    void whatIsCountedIsReadInPrometheusFormat() {
        metrics.with(Pond.DIVES, Pond.WAIT_SECONDS).ask(Pond.FISH, values -> {
            values.are(3, "eel");
            values.are(1, "pike");
        });
        metrics.add(Pond.DIVES, 2);
        metrics.observe(Pond.WAIT_SECONDS, Duration.ofMillis(40));
        metrics.observe(Pond.WAIT_SECONDS, Duration.ofHours(1));
        assertThat(metrics.toString().lines()).contains("# HELP godwit_pond_dives_total How often a heron dived.",
                "# TYPE godwit_pond_dives_total counter", "godwit_pond_dives_total 2.0",
                "godwit_pond_fish{kind=\"eel\"} 3.0", "godwit_pond_wait_seconds_bucket{le=\"0.025\"} 0",
                "godwit_pond_wait_seconds_bucket{le=\"0.05\"} 1", "godwit_pond_wait_seconds_bucket{le=\"60.0\"} 1",
                "godwit_pond_wait_seconds_bucket{le=\"+Inf\"} 2", "godwit_pond_wait_seconds_sum 3600.04");
    }

    @Test
    void countersAreThereBeforeAnythingHasHappened() {
        assertThat(metrics.with(Pond.DIVES).toString()).contains("godwit_pond_dives_total 0.0");
    }

    @Test
    void whatCannotBeAskedIsMissingAndTheRestIsThere() {
        metrics.with(Pond.DIVES).ask(Pond.FISH, _ -> {
            throw new IllegalStateException("the pond is frozen");
        });
        assertThat(metrics.toString()).contains("godwit_pond_dives_total").doesNotContain("godwit_pond_fish{");
    }

    @Test
    void theVirtualMachineIsShownUnderItsUsualNames() {
        assertThat(new Metrics().withJvm().toString()).contains("jvm_memory_used_bytes", "jvm_threads_current",
                "process_cpu_seconds_total");
    }

    @Test
    void namesAreTheOnesThatPrometheusExpects() {
        for (String wrong : List.of("pond_fish", "godwit_pond_fish_total", "godwit_Pond", "godwit")) {
            assertThatThrownBy(() -> Description.counter(wrong, "How many fish there are."))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> Description.counter("godwit_pond_fish", "fish"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPageShowsEach() {
        assertThat(MetricsPage.table(List.of(Pond.values()))).isEqualTo("""
                | Metric | Kind | Labels | Meaning |
                |---|---|---|---|
                | `godwit_pond_fish` | gauge | `kind` | How many fish there are. |
                | `godwit_pond_dives_total` | counter |  | How often a heron dived. |
                | `godwit_pond_wait_seconds` | histogram |  | How long a heron waited. |
                """);
    }
}
