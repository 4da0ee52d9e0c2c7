package org.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.godwit.protocol.rest.Resources.Migration;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MigrationReportTest {

    static Stream<Arguments> reports() {
        return Stream.of(Arguments.of("running", Bodies.copying(60L << 20, 2)),
                Arguments.of("completed", Bodies.completed()), Arguments.of("measured", Bodies.measured()),
                Arguments.of("rolled_back", Bodies.rolledBack()), Arguments.of("refused", Bodies.refused()),
                Arguments.of("refused_by_checks", Bodies.refusedByChecks()),
                Arguments.of("rehearsed", Bodies.rehearsed()),
                Arguments.of("uncertain", Bodies.uncertain()), Arguments.of("lost", Bodies.lost()));
    }

    @ParameterizedTest
    @MethodSource("reports")
    void aReportTellsHowItWent(String name, Migration migration) {
        Golden.assertMatches("report/" + name + ".txt", MigrationReport.render(migration));
    }

    @ParameterizedTest
    @MethodSource("reports")
    void aWaterfallFitsATerminal(String name, Migration migration) {
        assertThat(Waterfall.render(migration.phases()).lines()).as(name).allMatch(line -> line.length() <= 80);
    }

    @Test
    void withoutPhasesThereIsNoWaterfall() {
        assertThat(Waterfall.render(List.of())).isEmpty();
    }
}
