package org.godwit.mcs.precheck;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.godwit.model.Strategy;
import org.godwit.planner.Link;
import org.godwit.planner.Switchover;
import org.godwit.planner.prediction.Conditions;
import org.godwit.planner.prediction.GuestMemory;
import org.godwit.planner.prediction.HostLoad;
import org.godwit.planner.prediction.Prediction;
import org.godwit.planner.prediction.Uncertainty;
import org.godwit.protocol.agent.SourceFacts;

/**
 * How long the copy will take and the VM stand still, by the planner's model of the strategy.
 *
 * @param prediction empty when too little is known, or the copy would not end
 * @param restsOn sentences: what each figure comes from
 */
public record Forecast(Optional<Prediction.Converges> prediction, List<String> restsOn) {

    /** The host agent lets the limit climb to this, see its DowntimeLadder. */
    private static final double DOWNTIME_MAX_SECONDS = 0.3;
    private static final double MEBIBYTE = 1 << 20;

    public Forecast {
        restsOn = List.copyOf(restsOn);
    }

    /**
     * What earlier migrations have shown.
     *
     * @param bytesPerSecond of copies between these two hosts, in this direction
     * @param bytesSent the pages of this VM that were not empty, when it was copied last
     */
    public record History(List<Double> bytesPerSecond, OptionalLong bytesSent) {
        public History {
            bytesPerSecond = bytesPerSecond.stream().sorted().toList();
        }
    }

    public static Forecast of(Strategy strategy, SourceFacts facts, History history) {
        List<String> restsOn = new ArrayList<>();
        OptionalDouble bandwidth = bandwidth(facts, history, restsOn);
        long bytes = history.bytesSent().orElse(facts.getHardware().getMemoryBytes());
        if (bandwidth.isEmpty() || bytes <= 0) {
            return new Forecast(Optional.empty(), List.of(bytes <= 0
                    ? "How much memory the VM has is not known."
                    : "How fast the link is, is not known: no VM has gone this way yet, libvirt has no limit, and the"
                            + " uplink's driver does not say."));
        }
        restsOn.add(mebibytes(bytes) + (history.bytesSent().isPresent()
                ? " of memory that was not empty when the VM was copied last."
                : " of memory, all that the VM has; what is empty costs nothing."));
        double dirty = facts.getDirtyRate().getBytesPerSecond();
        restsOn.add(facts.hasDirtyRate()
                ? mebibytes((long) dirty) + "/s written by the VM, sampled for a second just now."
                : "How fast the VM writes is not known; it is taken for idle.");
        GuestMemory memory = GuestMemory.writing(bytes, dirty > 0 ? bytes : 0, dirty);
        Prediction prediction = Prediction.of(model(strategy), new Conditions(memory,
                new Link(bandwidth.getAsDouble(), 0), HostLoad.NONE, Switchover.TYPICAL, DOWNTIME_MAX_SECONDS),
                Uncertainty.UNTRIED);
        return switch (prediction) {
            case Prediction.Converges converges -> new Forecast(Optional.of(converges), restsOn);
            case Prediction.DoesNotConverge(_, String reason) -> {
                restsOn.add("The copy would not end: " + reason + ".");
                yield new Forecast(Optional.empty(), restsOn);
            }
        };
    }

    private static org.godwit.planner.prediction.Strategy model(Strategy strategy) {
        return switch (strategy) {
            case PRE_COPY -> org.godwit.planner.prediction.Strategy.PRE_COPY;
            case POST_COPY -> org.godwit.planner.prediction.Strategy.POST_COPY;
            case HYBRID_COPY -> org.godwit.planner.prediction.Strategy.HYBRID_COPY;
        };
    }

    private static OptionalDouble bandwidth(SourceFacts facts, History history, List<String> restsOn) {
        List<Double> seen = history.bytesPerSecond();
        long limit = facts.getBandwidth().getLimitBytesPerSecond();
        long link = facts.getBandwidth().getLinkBytesPerSecond();
        if (!seen.isEmpty()) {
            double median = seen.get(seen.size() / 2);
            restsOn.add(mebibytes((long) median) + "/s, the median of the last " + seen.size()
                    + " migrations from this host to that one.");
            return OptionalDouble.of(median);
        }
        if (limit > 0) {
            restsOn.add(mebibytes(limit) + "/s, libvirt's limit for this VM.");
            return OptionalDouble.of(limit);
        }
        if (link > 0) {
            restsOn.add(mebibytes(link) + "/s, what the driver of the uplink says; nothing else is known of the way.");
            return OptionalDouble.of(link);
        }
        return OptionalDouble.empty();
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / MEBIBYTE);
    }
}
