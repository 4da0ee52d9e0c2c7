package org.godwit.lab.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.Set;
import org.godwit.lab.simulation.Simulation.Tally;
import org.godwit.mcs.workflow.MigrationState.Outcome;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class SimulationTest {

    private static final int WISHES = 300;
    private static final int MIGRATIONS = 10_000;
    private static final int SEEDS = 1_000;

    /** Thousands of servers live and die here; each would tell of it. */
    @BeforeAll
    static void silence() {
        ((Logger) LoggerFactory.getLogger("org.godwit.mcs")).setLevel(Level.OFF);
        ((Logger) LoggerFactory.getLogger("org.flywaydb")).setLevel(Level.OFF);
    }

    @AfterAll
    static void speakAgain() {
        ((Logger) LoggerFactory.getLogger("org.godwit.mcs")).setLevel(null);
        ((Logger) LoggerFactory.getLogger("org.flywaydb")).setLevel(null);
    }

    @Test
    void whateverDiesNoVmIsLostAndNothingStandsStill() {
        Tally all = new Histories(WISHES, Set.of(), (_, _) -> {}).run(1, Integer.MAX_VALUE, MIGRATIONS);
        assertThat(all.outcomes()).as("it is not all trouble, and not all calm")
                .containsOnlyKeys(Outcome.COMPLETED, Outcome.REHEARSED, Outcome.ROLLED_BACK, Outcome.REFUSED,
                        Outcome.LOST);
        assertThat(all.outcomes().get(Outcome.COMPLETED)).isGreaterThan(MIGRATIONS / 10);
    }

    /** What it leads to first may be another thing after any change, but for those that only one invariant can see. */
    @ParameterizedTest
    @CsvSource({"AGENT_EPOCHS, is no longer in epoch", "AGENT_ONCE, again, which it has answered",
            "COPY_ONCE, a second time for one staging", "CANCEL_OUTLASTS, .", "CANCEL_BEFORE_ASKING, .",
            "LEASE, did not go though nothing was in its way", "NOTHING_ON_UNDONE, .", "JOURNAL_FIRST, .",
            "TAKEOVER_EPOCH, .", "STORE_EPOCHS, .", "UNKNOWN_IS_NOT_FAILED, .", "ASK_SOURCE, .", "ASK_TARGET, .",
            "POINT_OF_NO_RETURN, .", "MAPPING_EPOCHS, .", "ONLY_WHAT_IS_OFF, .",
            "DISKS_WHOLE, and its disk is at" })
    void withoutAFenceItGoesWrong(Fence fence, String what) {
        Histories histories = new Histories(WISHES, Set.of(fence), (_, _) -> {});
        assertThatExceptionOfType(Violation.class).isThrownBy(() -> histories.run(1, SEEDS, Integer.MAX_VALUE))
                .satisfies(violation -> assertThat(violation.what()).containsPattern(what));
    }

    @Test
    void oneSeedIsOneHistory() {
        assertThat(Simulation.run(7, WISHES, Set.of())).isEqualTo(Simulation.run(7, WISHES, Set.of()));
    }
}
