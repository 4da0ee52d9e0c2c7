package org.godwit.host.disk;

import java.time.Duration;
import java.util.Locale;

/**
 * Whether the layer that a VM writes to is frozen and sent by itself, or goes with the VM's memory, where the hypervisor copies it in
 * pieces of 64 KiB and again whenever they are written to. Layers are worth it for as long as each has less than the one before.
 *
 * @param isSent whether there is one more
 * @param reason for people
 */
record NextRound(boolean isSent, String reason) {

    static final int ROUNDS_MAX = 5;
    static final long LITTLE_BYTES = 1L << 20;

    /** What the link carries in this time goes with the memory all the same. */
    private static final Duration LITTLE_TIME = Duration.ofMillis(500);

    /** With more than this share of the link's rate the next layer would be hardly smaller. */
    private static final double GROWTH_MAX = 0.75;

    /** Fewer bytes do not tell how fast a link is. */
    private static final long TELLING_BYTES = 1L << 20;

    /**
     * What was sent last.
     *
     * @param bytes 0 when all of it was there before
     */
    record Sent(long bytes, Duration took) {

        boolean tells() {
            return bytes >= TELLING_BYTES && took.isPositive();
        }

        double perSecond() {
            return NextRound.perSecond(bytes, took);
        }
    }

    /**
     * @param grownBytes what the VM has written to the layer
     * @param growing for how long
     * @param rounds that there were
     */
    static NextRound of(long grownBytes, Duration growing, Sent last, int rounds) {
        double growth = perSecond(grownBytes, growing);
        String grown = String.format(Locale.ROOT, "%d KiB written in %.1f s", grownBytes >> 10,
                growing.toMillis() / 1e3);
        if (grownBytes <= Math.max(LITTLE_BYTES, last.tells() ? last.perSecond() * LITTLE_TIME.toMillis() / 1e3 : 0)) {
            return new NextRound(false, grown + ", which is little");
        }
        if (rounds >= ROUNDS_MAX) {
            return new NextRound(false, grown + ", after " + rounds + " rounds");
        }
        if (last.tells() && growth > GROWTH_MAX * last.perSecond()) {
            return new NextRound(false, String.format(Locale.ROOT, "%s, nearly as fast as %.1f MB/s are sent", grown,
                    last.perSecond() / 1e6));
        }
        return new NextRound(true, grown);
    }

    private static double perSecond(long bytes, Duration time) {
        return bytes / Math.max(1e-3, time.toNanos() / 1e9);
    }
}
