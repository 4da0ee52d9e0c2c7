package org.godwit.planner.prediction;

import static java.util.Objects.requireNonNull;

/** What forecasts of one strategy have been wrong by, figure by figure. Of page faults nothing is measured that could be compared. */
public record Corrections(Correction totalSeconds, Correction downtimeSeconds, Correction bytes) {

    public static final Corrections NONE = new Corrections(Correction.NONE, Correction.NONE, Correction.NONE);

    public Corrections {
        requireNonNull(totalSeconds, "totalSeconds is null");
        requireNonNull(downtimeSeconds, "downtimeSeconds is null");
        requireNonNull(bytes, "bytes is null");
    }

    Prediction applyTo(Prediction prediction) {
        return switch (prediction) {
            case Prediction.Converges it -> new Prediction.Converges(it.strategy(),
                    totalSeconds.applyTo(it.totalSeconds()), downtimeSeconds.applyTo(it.downtimeSeconds()),
                    bytes.applyTo(it.bytes()), it.pageFaults(), it.overheads());
            case Prediction.DoesNotConverge it -> it;
        };
    }
}
