package org.godwit.planner.prediction;

import static java.util.Objects.requireNonNull;

import org.godwit.planner.Checks;
import org.godwit.planner.Link;
import org.godwit.planner.Switchover;

/**
 * All that a model is told.
 *
 * @param landingSeconds one of {@link Landing}
 * @param downtimeMaxSeconds that pre-copy may take for its last round, above zero; QEMU's {@code downtime-limit}
 */
public record Conditions(GuestMemory memory, Link link, HostLoad source, Switchover switchover,
        Estimate landingSeconds, double downtimeMaxSeconds) {

    /** @throws IllegalArgumentException when out of range */
    public Conditions {
        requireNonNull(memory, "memory is null");
        requireNonNull(link, "link is null");
        requireNonNull(source, "source is null");
        requireNonNull(switchover, "switchover is null");
        requireNonNull(landingSeconds, "landingSeconds is null");
        Checks.positive("the longest downtime (seconds)", downtimeMaxSeconds);
    }

    /** The slower of link and host. */
    double bytesPerSecond() {
        return Math.min(link.bytesPerSecond(), source.bytesPerSecond());
    }

    double secondsFor(double bytes) {
        return bytes / bytesPerSecond();
    }

    double downtimeSeconds() {
        return switchover.downtimeSeconds(new Link(bytesPerSecond(), link.delaySeconds()));
    }

    /** The same with a guest that writes more, and a slower link, or the other way round. */
    Conditions with(double dirtyRateFactor, double bandwidthFactor) {
        return new Conditions(memory.busierBy(dirtyRateFactor),
                new Link(link.bytesPerSecond() * bandwidthFactor, link.delaySeconds()), source, switchover,
                landingSeconds, downtimeMaxSeconds);
    }
}
