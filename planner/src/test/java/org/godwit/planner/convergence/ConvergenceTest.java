package org.godwit.planner.convergence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.godwit.planner.convergence.Convergence.Limits;
import org.godwit.planner.convergence.Convergence.Look;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConvergenceTest {

    private static final long MIB = 1 << 20;
    private static final long LINK = 100 * MIB;
    private static final Duration ROUND = Duration.ofSeconds(1);
    private static final Limits PATIENT = new Limits(Duration.ofMillis(300), Optional.empty(), Limits.ROUNDS);

    @Test
    void roundsThatDoNotShrinkAndDoNotFitAreAStall() {
        assertThat(rounds(PATIENT, 13, ROUND, _ -> 60 * MIB).stall()).hasValueSatisfying(why -> assertThat(why)
                .startsWith("by round 13 up to 60.0 MiB stay dirty, and no less than in the rounds before: that takes"
                        + " 600 ms, and the pause may last 300; the VM writes 120.0 MiB/s and the link takes 100.0"));
        assertThat(rounds(PATIENT, 12, ROUND, _ -> 60 * MIB).stall()).as("the last one is not over").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.9, 0.95, 0.99, 0.999 })
    void aCopyOfWhichEachRoundLeavesLessIsNeverStuckHoweverSlowItIs(double share) {
        assertThat(rounds(PATIENT, 1_000, ROUND, round -> Math.round(900 * MIB * Math.pow(share, round))).stall())
                .isEmpty();
        assertThat(rounds(PATIENT, 1_000, ROUND, round -> 900 * MIB - round).stall()).as("by one byte").isEmpty();
    }

    /** A machine that is slow looks late into a round: then as little as a sixth of it less is seen. */
    @ParameterizedTest
    @ValueSource(doubles = {0.9, 0.95, 0.97 })
    void aCopyThatGetsOnIsNotStuckThoughItIsSeenUnsharply(double share) {
        for (long seed = 0; seed < 200; seed++) {
            Random chance = new Random(seed);
            Convergence seen = rounds(PATIENT, 150, ROUND, round -> Math
                    .round(900 * MIB * Math.pow(share, round) * (1 - chance.nextDouble() / 6)));
            assertThat(seen.stall()).as("seed %d", seed).isEmpty();
        }
    }

    @Test
    void aCopyThatDoesNotGetOnIsFoundOutThoughItIsSeenUnsharply() {
        for (long seed = 0; seed < 200; seed++) {
            Random chance = new Random(seed);
            Convergence seen = rounds(PATIENT, 100, ROUND,
                    _ -> Math.round(60 * MIB * (1 - chance.nextDouble() / 6)));
            assertThat(seen.stall()).as("seed %d", seed).isPresent();
        }
    }

    @Test
    void aGuestThatWritesMuchForAMomentIsNotStuck() {
        Duration moment = Duration.ofMillis(200);
        assertThat(rounds(PATIENT, 50, moment, _ -> 60 * MIB).stall()).as("of under ten seconds").isEmpty();
        assertThat(rounds(PATIENT, 52, moment, _ -> 60 * MIB).stall()).isPresent();
        assertThat(rounds(PATIENT, 100, ROUND, round -> (round % 10 < 5 ? 20 : 80) * MIB - round).stall())
                .as("and the pause comes when it is calm").isEmpty();
    }

    @Test
    void whatFitsIntoThePauseIsNot() {
        assertThat(rounds(PATIENT, 40, ROUND, _ -> 29 * MIB).stall()).isEmpty();
        assertThat(rounds(new Limits(Duration.ofMillis(200), Optional.empty(), 3), 40, ROUND, _ -> 29 * MIB).stall())
                .isPresent();
    }

    @Test
    void whatIsLeftOfTheFirstPassTellsNothing() {
        Convergence seen = Convergence.begin(PATIENT);
        for (int look = 0; look < 100; look++) {
            seen = seen.after(look(1, 900 * MIB, ROUND.multipliedBy(look)));
        }
        assertThat(seen.stall()).isEmpty();
    }

    @Test
    void aRoundIsKnownByTheMostThatWasLeftInIt() {
        Convergence seen = Convergence.begin(PATIENT);
        for (int round = 2; round < 14; round++) {
            Duration begun = ROUND.multipliedBy(round);
            seen = seen.after(look(round, 20 * MIB, begun)).after(look(round, 60 * MIB, begun.plusMillis(300)))
                    .after(look(round, 5 * MIB, begun.plusMillis(600)));
        }
        assertThat(seen.rounds()).hasSize(12).extracting(Convergence.Round::bytesLeft).containsOnly(60 * MIB);
        assertThat(seen.after(look(14, 0, ROUND.multipliedBy(14))).stall()).isPresent();
    }

    @Test
    void aGuestThatIsSlowedDownGetsMoreTime() {
        Limits throttling = new Limits(Duration.ofMillis(300), Optional.empty(), Limits.ROUNDS_WHILE_THROTTLING);
        assertThat(rounds(throttling, 24, ROUND, _ -> 60 * MIB).stall()).isEmpty();
        assertThat(rounds(throttling, 25, ROUND, _ -> 60 * MIB).stall()).isPresent();
    }

    @Test
    void nothingIsSaidOfALinkThatNobodyHasMeasured() {
        Convergence seen = Convergence.begin(PATIENT);
        for (int round = 2; round < 50; round++) {
            seen = seen.after(new Look(round, 60 * MIB, 0, 0, ROUND.multipliedBy(round)));
        }
        assertThat(seen.stall()).isEmpty();
    }

    @Test
    void whatTakesLongerThanItMayIsAStall() {
        Convergence seen = Convergence
                .begin(new Limits(Duration.ofMillis(300), Optional.of(Duration.ofSeconds(2)), 3));
        seen = seen.after(look(1, MIB, Duration.ofSeconds(2)));
        assertThat(seen.stall()).isEmpty();
        seen = seen.after(look(1, MIB, Duration.ofMillis(2_100)));
        assertThat(seen.stall()).contains("it has taken 2.1 s, and may take 2.0");
        assertThat(seen.after(look(9, 0, ROUND))).as("it is said once").isEqualTo(seen);
    }

    @Test
    void limitsMakeSense() {
        assertThatThrownBy(() -> new Limits(Duration.ofMillis(300), Optional.empty(), 0))
                .hasMessageContaining("at least one round");
    }

    /** @param left by the number of the round */
    private static Convergence rounds(Limits limits, int rounds, Duration each, IntToLongFunction left) {
        return IntStream.rangeClosed(2, rounds + 1).boxed().reduce(Convergence.begin(limits),
                (seen, round) -> seen.after(look(round, left.applyAsLong(round), each.multipliedBy(round))),
                (_, last) -> last);
    }

    private static Look look(int round, long left, Duration elapsed) {
        return new Look(round, left, LINK, 120 * MIB, elapsed);
    }
}
