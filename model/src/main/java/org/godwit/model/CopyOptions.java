package org.godwit.model;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a copy of memory is helped along or held back, beside its {@link Strategy}.
 *
 * @param bandwidthMebibytesPerSecond it takes no more of the link, 1 to 1,048,576; empty for all that there is
 * @param downtimeLimitMs how long the VM may stand still for what is left at the end of a pre-copy, 1 to 2,000,000, QEMU's {@code
 *        downtime-limit}; empty for 300
 * @param autoConverge whether QEMU may slow a VM down that writes too fast
 * @param parallelConnections how many carry the memory side by side, 1 to 255, QEMU's {@code multifd}; empty for the one plain
 *        connection
 * @param timeMax for how long a pre-copy may go on before it counts as stalled; empty for as long as it gets on
 * @param onStall what becomes of a pre-copy then
 */
public record CopyOptions(OptionalInt bandwidthMebibytesPerSecond, OptionalInt downtimeLimitMs, boolean autoConverge,
        OptionalInt parallelConnections, Compression compression, Optional<Duration> timeMax, StallAction onStall) {

    public static final CopyOptions STANDARD = new CopyOptions(OptionalInt.empty(), OptionalInt.empty(), false,
            OptionalInt.empty(), Compression.NONE, Optional.empty(), StallAction.ABORT);

    private static final int BANDWIDTH_MAX = 1 << 20;
    private static final int DOWNTIME_MAX_MS = 2_000_000;
    private static final int CONNECTIONS_MAX = 255;

    /** @throws IllegalArgumentException when out of range, or when they exclude each other */
    public CopyOptions {
        within("the bandwidth limit (MiB/s)", bandwidthMebibytesPerSecond, BANDWIDTH_MAX);
        within("the downtime limit (ms)", downtimeLimitMs, DOWNTIME_MAX_MS);
        within("the number of parallel connections", parallelConnections, CONNECTIONS_MAX);
        requireNonNull(compression, "compression is null");
        requireNonNull(timeMax, "timeMax is null");
        requireNonNull(onStall, "onStall is null");
        if (compression != Compression.NONE && compression.isParallel() != parallelConnections.isPresent()) {
            throw new IllegalArgumentException(compression.isParallel()
                    ? "compression by " + compression.word() + " needs parallel connections: ask for at least one"
                    : "compression by " + compression.word()
                            + " and parallel connections exclude each other: take zlib or zstd, or none");
        }
    }

    private static void within(String what, OptionalInt value, int max) {
        requireNonNull(value, what + " is null").ifPresent(number -> {
            if (number < 1 || number > max) {
                throw new IllegalArgumentException(what + " must be 1 to " + max + ", got " + number);
            }
        });
    }

    /** Why a copy of this kind cannot be made so, a sentence without its full stop; empty when it can. */
    public Optional<String> lackFor(Strategy strategy) {
        boolean postCopy = strategy.endsAsPostCopy() || onStall == StallAction.POST_COPY;
        if (postCopy && (parallelConnections.isPresent() || compression == Compression.MT)) {
            return Optional.of("post-copy has no parallel connections and no compression but xbzrle");
        }
        if (strategy == Strategy.COLD && (parallelConnections.isPresent() || compression != Compression.NONE)) {
            return Optional.of("a cold migration sends no memory: there is nothing to compress or to send over parallel"
                    + " connections");
        }
        boolean rounds = autoConverge || downtimeLimitMs.isPresent() || onStall != StallAction.ABORT;
        return rounds && strategy != Strategy.PRE_COPY
                ? Optional.of("auto-converge, a downtime limit, and what is done on a stall are for pre-copy, not for "
                        + strategy.word())
                : Optional.empty();
    }

    /** Whether the hypervisors must be able to let a copy of this kind go on as post-copy. */
    public boolean needsPostCopy(Strategy strategy) {
        return strategy.endsAsPostCopy() || strategy == Strategy.PRE_COPY && onStall == StallAction.POST_COPY;
    }

    /** How long the VM may stand still at the end of a pre-copy. */
    public DowntimeLadder downtime() {
        return downtimeLimitMs.isPresent()
                ? DowntimeLadder.upTo(Duration.ofMillis(downtimeLimitMs.getAsInt()))
                : DowntimeLadder.STANDARD;
    }

    public CopyOptions onStall(StallAction action) {
        return new CopyOptions(bandwidthMebibytesPerSecond, downtimeLimitMs, autoConverge, parallelConnections,
                compression, timeMax, action);
    }

    public CopyOptions within(Optional<Duration> limit) {
        return new CopyOptions(bandwidthMebibytesPerSecond, downtimeLimitMs, autoConverge, parallelConnections,
                compression, limit, onStall);
    }
}
