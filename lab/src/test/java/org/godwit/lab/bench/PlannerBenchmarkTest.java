package org.godwit.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PlannerBenchmarkTest {

    @Test
    void aStrategyIsChosenForEachVm() {
        assertThat(PlannerBenchmark.choose(PlannerBenchmark.conditions(100))).isEqualTo(100);
    }

    @Test
    void whatWasDoneASecondStandsInTheTable() {
        assertThat(PlannerBenchmark.table(List.of(new PlannerRun(1, "choices, VMs", 1000, 0.5),
                new PlannerRun(2, "choices, VMs", 1000, 0.25), new PlannerRun(1, "pre-copy, idle, pages", 6, 2)))
                .lines()).anySatisfy(line -> assertThat(line).matches(" +choices, VMs +2 +3.00e\\+03 .*"))
                .anySatisfy(line -> assertThat(line).matches(" +pre-copy, idle, pages +1 +3.00 .*"));
    }
}
