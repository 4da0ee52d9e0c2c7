package org.godwit.lab.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.godwit.model.MigrationPhase;
import org.junit.jupiter.api.Test;

class StrikeTest {

    @Test
    void everyVictimIsKilledInEveryPhase() {
        assertThat(Strike.all()).hasSize(6 * 8).doesNotHaveDuplicates();
    }

    @Test
    void aStrikeIsReadAsItIsWritten() {
        for (Strike strike : Strike.all()) {
            assertThat(Strike.parse(strike.toString())).isEqualTo(strike);
        }
    }

    @Test
    void whatIsWrongIsNamed() {
        assertThatIllegalArgumentException().isThrownBy(() -> Strike.parse("mcs")).withMessageContaining("\"mcs\"");
        assertThatIllegalArgumentException().isThrownBy(() -> Strike.parse("radvd@COPYING"))
                .withMessageContaining("radvd").withMessageContaining("source-agent");
        assertThatIllegalArgumentException().isThrownBy(() -> Strike.parse("mcs@SETTLED"))
                .withMessageContaining("SETTLED").withMessageContaining("REBINDING");
    }

    @Test
    void aSampleTreatsVictimsAndPhasesAlike() {
        for (int seed = 0; seed < 50; seed++) {
            List<Strike> sample = Strike.sample(2, new SplittableRandom(seed));
            assertThat(sample).hasSize(12).doesNotHaveDuplicates();
            assertThat(sample).extracting(Strike::phase).containsAll(Strike.PHASES);
            for (Victim victim : Victim.values()) {
                assertThat(sample).filteredOn(strike -> strike.victim() == victim).hasSize(2);
            }
        }
    }

    @Test
    void theTableNamesWhatIsWrong() {
        StrikeResult well = result(Victim.MCS, Optional.of(Duration.ofMillis(3400)), List.of());
        StrikeResult badly = result(Victim.GUEST_AGENT, Optional.empty(), List.of("host-a has a link gws-1"));

        assertThat(StrikeTable.render(List.of(well, badly))).contains("mcs@COPYING").contains("3.4 s")
                .contains("host-a has a link gws-1").contains("2 strikes, 1 with faults");
    }

    private static StrikeResult result(Victim victim, Optional<Duration> recovery, List<String> faults) {
        return new StrikeResult(new Strike(victim, MigrationPhase.COPYING), MigrationPhase.SETTLED,
                Duration.ofSeconds(1), Duration.ofSeconds(7), recovery, 123.4, faults);
    }
}
