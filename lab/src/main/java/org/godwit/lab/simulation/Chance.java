package org.godwit.lab.simulation;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Dice. The same seed throws the same. */
final class Chance {

    private final RandomGenerator dice;
    private boolean calm;

    Chance(long seed) {
        dice = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /** From now on nothing fails by itself any more. */
    void calmDown() {
        calm = true;
    }

    boolean isCalm() {
        return calm;
    }

    /** Whether something fails; never once it is calm. */
    boolean isTrouble(int oneOutOf) {
        return !calm && oneIn(oneOutOf);
    }

    boolean oneIn(int times) {
        return dice.nextInt(times) == 0;
    }

    /** Mostly near the shorter one. */
    Duration between(Duration shortest, Duration longest) {
        double skewed = Math.pow(dice.nextDouble(), 3);
        return shortest.plusNanos(Math.round(skewed * longest.minus(shortest).toNanos()));
    }

    <T> T oneOf(List<T> several) {
        return several.get(dice.nextInt(several.size()));
    }
}
