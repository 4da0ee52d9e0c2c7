package org.godwit.planner.prediction;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import org.godwit.planner.Checks;

/**
 * What a migration takes beside the sending of bytes, whatever the memory and the link: the hypervisors' and the guest's own time, in
 * seconds.
 *
 * @param preparation from the order to copy until the hypervisor sends the first page, and from the last one until it has answered: a
 *        process at the target, connections, definitions
 * @param pause of the downtime, what is no sending: the processors stopped and started, devices saved and loaded, and both
 *        hypervisors told
 * @param landing from the moment at which processors run at the target until the VM's packets arrive again. Where a VM has its
 *        addresses ready that is the guest's own time; what one waits for that lands before its memory is not in it
 * @param around the copy: what is checked and staged before it, and settled after it; empty where nobody has seen it
 */
public record Overheads(Estimate preparation, Estimate pause, Estimate landing, Optional<Estimate> around) {

    /** For what calculates with bytes alone. */
    public static final Overheads NONE = new Overheads(Estimate.ZERO, Estimate.ZERO, Estimate.ZERO, Optional.empty());

    /** Lowest, median and highest of 8 flights of suspended VMs of {@code lab/experiment amvm-copy}: before they stood still. */
    private static final Estimate EMULATED_PREPARATION = new Estimate(0.657, 1.565, 2.875);

    /** Of 80 pre-copies of idle VMs, {@code lab/benchmark outage} and {@code lab/experiment roundtrip}. */
    private static final Estimate EMULATED_PAUSE = new Estimate(0.037, 0.056, 0.174);

    private static final double GIBIBYTE = 1L << 30;

    /** The guest's code is translated anew. Of 30 flights of {@code lab/benchmark outage}, VM to peer. */
    private static final Estimate EMULATED_LANDING = new Estimate(0.079, 0.119, 0.179);

    public Overheads {
        requireNonNull(preparation, "preparation is null");
        requireNonNull(pause, "pause is null");
        requireNonNull(landing, "landing is null");
        requireNonNull(around, "around is null");
    }

    /**
     * Without KVM, as was measured of VMs of up to 4 GiB (docs/results).
     *
     * @param memoryBytes that the VM has, zero or more
     */
    public static Overheads emulated(Strategy strategy, double memoryBytes) {
        return new Overheads(EMULATED_PREPARATION, emulatedPause(strategy, memoryBytes), EMULATED_LANDING,
                Optional.empty());
    }

    /**
     * With KVM nobody has measured them: what we aim at is next to nothing, and no more than without KVM is allowed for.
     *
     * @param memoryBytes that the VM has, zero or more
     */
    public static Overheads virtualized(Strategy strategy, double memoryBytes) {
        return new Overheads(new Estimate(0, 0, EMULATED_PREPARATION.high()),
                new Estimate(0, 0.020, emulatedPause(strategy, memoryBytes).high()),
                new Estimate(0, 0, EMULATED_LANDING.high()), Optional.empty());
    }

    /**
     * Of hybrid- and post-copy as both hosts' agents told of 6 flights each by {@code lab/experiment amvm-copy}: a line through the
     * medians of 4 of 256 MiB and 2 of 4 GiB, less what they sent meanwhile.
     */
    private static Estimate emulatedPause(Strategy strategy, double memoryBytes) {
        double gibibytes = Checks.notNegative("the VM's memory (bytes)", memoryBytes) / GIBIBYTE;
        return switch (strategy) {
            case SUSPENDED, PRE_COPY, MIRRORING, COLD -> EMULATED_PAUSE;
            case HYBRID_COPY -> seldomMeasured(0.047 + 0.015 * gibibytes);
            case POST_COPY -> seldomMeasured(0.184 + 0.219 * gibibytes);
        };
    }

    private static Estimate seldomMeasured(double seconds) {
        return Estimate.ofMeasured(List.of(seconds));
    }

    public Overheads withPreparation(Estimate measured) {
        return new Overheads(measured, pause, landing, around);
    }

    public Overheads withPause(Estimate measured) {
        return new Overheads(preparation, measured, landing, around);
    }

    public Overheads withLanding(Estimate measured) {
        return new Overheads(preparation, pause, measured, around);
    }

    public Overheads withAround(Estimate measured) {
        return new Overheads(preparation, pause, landing, Optional.of(measured));
    }
}
