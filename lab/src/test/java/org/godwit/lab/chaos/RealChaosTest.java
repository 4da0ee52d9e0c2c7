package org.godwit.lab.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import org.godwit.lab.Requirements;
import org.godwit.testing.Tier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A sample of {@code lab/chaos --real}: every victim twice, every phase at least once, in one lab. */
@Tag("vm")
@Isolated
class RealChaosTest {

    /** On a machine that does nothing else it is 10 s; this one may be busy. */
    private static final Duration RECOVERY_MAX = Duration.ofSeconds(60);
    private static final int SEED = 4;

    @TempDir
    static Path folder;

    private static RealChaos chaos;

    @BeforeAll
    static void aVmRunsInALab() {
        Tier.VM.needs(Requirements.missingForVms());
        chaos = RealChaos.open(new SplittableRandom(SEED), folder, System.out::println, InstantSource.system());
    }

    @AfterAll
    static void noRelayIsLeft() {
        if (chaos != null) {
            try (RealChaos ending = chaos) {
                ending.saveLogs(Path.of("target/chaos"));
                assertThat(ending.relaysLeft()).isEmpty();
            }
        }
    }

    static List<Strike> strikes() {
        return Strike.sample(2, new SplittableRandom(SEED));
    }

    @ParameterizedTest
    @MethodSource("strikes")
    void theVmRunsOnceAndIsReachedAndNothingIsLeft(Strike strike) {
        StrikeResult result = chaos.strike(strike);
        System.out.print(StrikeTable.line(result));
        assertThat(result.faults()).isEmpty();
        result.recovery().ifPresent(recovery -> assertThat(recovery).isLessThan(RECOVERY_MAX));
    }
}
