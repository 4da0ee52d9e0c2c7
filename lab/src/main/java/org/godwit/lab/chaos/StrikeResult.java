package org.godwit.lab.chaos;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.godwit.model.MigrationPhase;

/**
 * What came of a strike.
 *
 * @param end the last phase of the migration
 * @param away how long the victim stayed dead
 * @param untilEnd from the kill until the migration ended
 * @param recovery from the start of another control server until it answered and both agents had found it; of strikes on
 *        the control server only
 * @param tcpStallMs the longest time without an echo on the TCP connection, in the whole time
 * @param faults what should not be so; empty when all is well
 */
record StrikeResult(Strike strike, MigrationPhase end, Duration away, Duration untilEnd, Optional<Duration> recovery,
        double tcpStallMs, List<String> faults) {

    StrikeResult {
        requireNonNull(strike, "strike is null");
        requireNonNull(end, "end is null");
        requireNonNull(away, "away is null");
        requireNonNull(untilEnd, "untilEnd is null");
        requireNonNull(recovery, "recovery is null");
        faults = List.copyOf(faults);
    }
}
