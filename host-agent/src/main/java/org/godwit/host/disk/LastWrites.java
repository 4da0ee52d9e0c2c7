package org.godwit.host.disk;

import java.time.Duration;
import java.util.Locale;

/**
 * How what a VM writes while its memory is copied gets to the target. At once: each write waits until it is there, and goes as it
 * is. Later: the hypervisor looks ten times a second which pieces of 64 KiB were written to, and sends those again. Whichever
 * is expected to send less, unless a write would wait for too long.
 *
 * <p>QEMU calls them write-blocking and background (copy-mode of blockdev-mirror, QEMU's QMP reference).
 *
 * @param areSentAtOnce otherwise later
 * @param reason for people
 */
record LastWrites(boolean areSentAtOnce, String reason) {

    /** The granularity of QEMU's mirror of what it reaches through NBD. */
    static final int PIECE_BYTES = 64 << 10;

    /** As long as a busy disk may take. */
    static final Duration WAIT_MAX = Duration.ofMillis(100);

    /** QEMU's mirror looks for what was written (BLOCK_JOB_SLICE_TIME) so many times a second. */
    private static final double LOOKS_PER_SECOND = 10;

    /** Around each write on the wire: NBD, TLS, TCP and IPv6. */
    private static final int FRAME_BYTES = 150;

    /** What is mirrored takes no more of the link than the memory beside it. */
    private static final double MIRROR_SHARE_MAX = 0.5;

    /**
     * What the VM did of late.
     *
     * @param writesPerSecond 0 or more
     * @param bytesPerSecond of these writes
     * @param pieces of 64 KiB that they were to; {@link Long#MAX_VALUE} when that is not known
     */
    record Writing(double writesPerSecond, double bytesPerSecond, long pieces) {

        private double bytesPerWrite() {
            return writesPerSecond == 0 ? 0 : bytesPerSecond / writesPerSecond;
        }

        /** Each of them is made by somebody who waits for the one before. */
        private double keptPerSecond(Duration wait) {
            return writesPerSecond / (1 + writesPerSecond * seconds(wait));
        }

        private double piecesPerLook() {
            return Math.min(writesPerSecond / LOOKS_PER_SECOND, pieces);
        }
    }

    /**
     * What is ahead.
     *
     * @param memoryBytes of the VM, at most
     * @param bytesPerSecond of the link, as it took the disks; 0 when that is not known
     * @param roundTrip to the target while the link is busy
     * @param soFar what the disks took
     */
    record Copy(long memoryBytes, double bytesPerSecond, Duration roundTrip, Duration soFar) {}

    static LastWrites of(Writing writing, Copy copy) {
        if (copy.bytesPerSecond() <= 0) {
            return new LastWrites(false, "nothing is known of the link");
        }
        double seconds = copy.memoryBytes() / copy.bytesPerSecond();
        double keptPerSecond = writing.keptPerSecond(copy.roundTrip());
        double atOnce = keptPerSecond * (writing.bytesPerWrite() + FRAME_BYTES) * seconds;

        double laterPerSecond = Math.min(writing.piecesPerLook() * LOOKS_PER_SECOND * PIECE_BYTES,
                MIRROR_SHARE_MAX * copy.bytesPerSecond());
        double later = laterPerSecond * copy.memoryBytes() / (copy.bytesPerSecond() - laterPerSecond);

        double before = seconds(copy.soFar());
        double kept = writing.writesPerSecond() == 0
                ? 1
                : (before + seconds * keptPerSecond / writing.writesPerSecond()) / (before + seconds);
        String reason = String.format(Locale.ROOT,
                "%.0f writes/s, a round trip of %.1f ms, memory within %.1f s: at once %.1f MB and %.0f %% of all writes,"
                        + " later %.1f MB",
                writing.writesPerSecond(), seconds(copy.roundTrip()) * 1e3, seconds, atOnce / 1e6, 100 * kept,
                later / 1e6);
        return new LastWrites(atOnce <= later && copy.roundTrip().compareTo(WAIT_MAX) <= 0, reason);
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }
}
