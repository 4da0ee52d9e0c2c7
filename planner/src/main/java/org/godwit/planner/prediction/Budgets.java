package org.godwit.planner.prediction;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.godwit.planner.Checks;

/**
 * What a copy may cost at most. What is empty has no limit.
 *
 * @param totalSeconds from the first page to the last
 * @param downtimeSeconds without a processor running on either side
 * @param bytes on the wire
 */
public record Budgets(OptionalDouble totalSeconds, OptionalDouble downtimeSeconds, OptionalDouble bytes) {

    public static final Budgets NONE = new Budgets(OptionalDouble.empty(), OptionalDouble.empty(),
            OptionalDouble.empty());

    /** @throws IllegalArgumentException when a limit is not above zero */
    public Budgets {
        requireNonNull(totalSeconds, "totalSeconds is null").ifPresent(it -> Checks.positive("the longest time", it));
        requireNonNull(downtimeSeconds, "downtimeSeconds is null")
                .ifPresent(it -> Checks.positive("the longest downtime", it));
        requireNonNull(bytes, "bytes is null").ifPresent(it -> Checks.positive("the most bytes", it));
    }

    /** Which limits a copy would break if it goes as is likely, in words; none when it keeps them all. */
    List<String> brokenBy(Prediction.Converges prediction) {
        List<String> broken = new ArrayList<>();
        check(prediction.totalSeconds(), totalSeconds, 1e3, "the copy would take %.0f ms, and may take %.0f", broken);
        check(prediction.downtimeSeconds(), downtimeSeconds, 1e3,
                "the VM would stand still for %.0f ms, and may for %.0f", broken);
        check(prediction.bytes(), bytes, 1e-6, "%.1f MB would be sent, and %.1f may be", broken);
        return broken;
    }

    private static void check(Estimate figure, OptionalDouble limit, double unit, String sentence,
            List<String> broken) {
        if (limit.isPresent() && figure.likely() > limit.getAsDouble()) {
            broken.add(String.format(Locale.ROOT, sentence, figure.likely() * unit, limit.getAsDouble() * unit));
        }
    }
}
