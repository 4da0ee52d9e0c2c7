package org.godwit.planner.prediction;

import static java.util.Objects.requireNonNull;

import java.util.OptionalDouble;
import org.godwit.model.DowntimeLadder;
import org.godwit.planner.Checks;
import org.godwit.planner.Link;
import org.godwit.planner.Switchover;

/**
 * All that a model is told.
 *
 * @param overheads what is no sending of bytes: the models leave it out, {@link Prediction} adds it
 * @param downtime that pre-copy may take for its last round
 * @param bytesPerSecondMax above zero, when the copy shall not take all of the link: QEMU's {@code max-bandwidth}, by which it also judges
 *        what fits into the downtime, but which it does not keep to while it has the guest paused
 */
public record Conditions(GuestMemory memory, Link link, HostLoad source, Switchover switchover,
        Overheads overheads, DowntimeLadder downtime, OptionalDouble bytesPerSecondMax) {

    /** @throws IllegalArgumentException when out of range */
    public Conditions {
        requireNonNull(memory, "memory is null");
        requireNonNull(link, "link is null");
        requireNonNull(source, "source is null");
        requireNonNull(switchover, "switchover is null");
        requireNonNull(overheads, "overheads is null");
        requireNonNull(downtime, "downtime is null");
        requireNonNull(bytesPerSecondMax, "bytesPerSecondMax is null")
                .ifPresent(it -> Checks.positive("the bandwidth limit (bytes a second)", it));
    }

    /** Without a limit. @throws IllegalArgumentException when out of range */
    public Conditions(GuestMemory memory, Link link, HostLoad source, Switchover switchover, Overheads overheads,
            DowntimeLadder downtime) {
        this(memory, link, source, switchover, overheads, downtime, OptionalDouble.empty());
    }

    /** The slowest of link, host and limit. */
    public double bytesPerSecond() {
        return Math.min(pausedBytesPerSecond(), bytesPerSecondMax.orElse(Double.POSITIVE_INFINITY));
    }

    private double pausedBytesPerSecond() {
        return Math.min(link.bytesPerSecond(), source.bytesPerSecond());
    }

    double secondsFor(double bytes) {
        return bytes / bytesPerSecond();
    }

    /** While the hypervisor has the guest paused. */
    double pausedSecondsFor(double bytes) {
        return bytes / pausedBytesPerSecond();
    }

    double downtimeSeconds() {
        return switchover.downtimeSeconds(new Link(pausedBytesPerSecond(), link.delaySeconds()));
    }

    /** The same with a guest of more memory that writes more, and a slower link, or the other way round. */
    Conditions with(double memoryFactor, double dirtyRateFactor, double bandwidthFactor) {
        return new Conditions(memory.largerBy(memoryFactor).busierBy(dirtyRateFactor),
                new Link(link.bytesPerSecond() * bandwidthFactor, link.delaySeconds()), source, switchover,
                overheads, downtime, bytesPerSecondMax);
    }
}
