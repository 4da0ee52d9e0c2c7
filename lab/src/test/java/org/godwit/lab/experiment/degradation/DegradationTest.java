package org.godwit.lab.experiment.degradation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.godwit.lab.LabException;
import org.godwit.lab.bench.Passage;
import org.godwit.lab.experiment.Report.Block;
import org.godwit.lab.experiment.degradation.Requests.Rate;
import org.junit.jupiter.api.Test;

class DegradationTest {

    private static final long ORDER_US = 10_000_000;
    private static final long STOP_US = 14_000_000;
    private static final long RESUME_US = 14_300_000;

    @Test
    void whatIsAnsweredIsToldBeforeDuringAndAfter() {
        DegradationRun run = of(rates());

        assertThat(run.before()).isEqualTo(1000);
        assertThat(run.copying()).isEqualTo(800);
        assertThat(run.after()).isEqualTo(900);
        assertThat(run.disturbedMs()).as("two quarters of a second").isEqualTo(500);
        assertThat(run.pauseMs()).isEqualTo(300);
        assertThat(run.untilPauseMs()).isEqualTo(4000);
    }

    @Test
    void aLoadGeneratorThatIsSilentIsNoResult() {
        assertThatThrownBy(() -> of(rates().subList(0, 30))).isInstanceOf(LabException.class);
    }

    @Test
    void theReportTellsThePercentOfBefore() {
        assertThat(new DegradationExperiment().report(List.of(of(rates()))).blocks())
                .filteredOn(Block.Table.class::isInstance).singleElement().satisfies(
                        block -> assertThat(((Block.Table) block).lines())
                                .contains(List.of("meanwhile, % of before", "80.0 (80.0 to 80.0)")));
    }

    @Test
    void ratesAreReadFromWhatTheLoadGeneratorSays() {
        assertThat(Requests.RATE
                .matcher(
                        """
                                SET: rps=0.0 (overall: nan) avg_msec=nan (overall: nan)\r   \rSET: rps=1234.5 (overall: 1200.0) avg_m""")
                .results().map(rate -> rate.group(1))).containsExactly("0.0", "1234.5");
    }

    private static DegradationRun of(List<Rate> rates) {
        return DegradationExperiment.of(1, "global, Godwit", 1, rates,
                new Passage("host-b", ORDER_US, STOP_US, RESUME_US));
    }

    private static List<Rate> rates() {
        List<Rate> rates = new ArrayList<>();
        for (long atUs = 0; atUs < 20_000_000; atUs += 250_000) {
            double perSecond = 900;
            if (atUs < 5_000_000) {
                perSecond = 10; // Long before the order: it warms up.
            } else if (atUs < ORDER_US) {
                perSecond = 1000;
            } else if (atUs < STOP_US) {
                perSecond = 800;
            } else if (atUs < STOP_US + 500_000) {
                perSecond = 0;
            }
            rates.add(new Rate(atUs, perSecond));
        }
        return rates;
    }
}
