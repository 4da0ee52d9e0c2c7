package org.godwit.planner.convergence;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the rounds of a pre-copy say of its end. A round sends what the one before left dirty, so what they leave must shrink until
 * it fits into the pause; where it does not, further rounds only load the link. That a copy is slow says nothing: one whose every round
 * leaves less than the round before is never stuck, however little that is.
 *
 * <p>A round is known by the most that was seen to be left in it: a look comes at any moment, and the last rounds are shorter than the
 * time between two. So one round proves nothing, and three parts of several rounds each are compared.
 *
 * @param rounds that were seen, the first pass not among them; the last one is not over
 * @param number of the round that runs
 * @param stall why it will not end, a sentence without its full stop; empty while it may
 */
public record Convergence(Limits limits, List<Round> rounds, int number, Optional<String> stall) {

    private static final int FIRST_PASS = 1;
    private static final int PARTS = 3;
    /** A guest may write much for a moment. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final double MEBIBYTE = 1 << 20;

    /**
     * @param downtime what is left at last must be sent within this
     * @param timeMax for all of it; empty for as long as it gets on
     * @param rounds in each of the parts that are compared, at least 1
     */
    public record Limits(Duration downtime, Optional<Duration> timeMax, int rounds) {

        /**
         * Of 300 copies whose rounds leave 3 % less each, and of which up to 30 % are missed, 6 are taken for stuck; with three rounds, 70.
         */
        public static final int ROUNDS = 4;

        /** QEMU slows the guest down by a tenth more after every second round that was too much. */
        public static final int ROUNDS_WHILE_THROTTLING = 8;

        public Limits {
            requireNonNull(downtime, "downtime is null");
            requireNonNull(timeMax, "timeMax is null");
            if (rounds < 1) {
                throw new IllegalArgumentException("at least one round must be looked at, got " + rounds);
            }
        }
    }

    /** @param begun since the copy began, as far as was seen */
    public record Round(long bytesLeft, Duration begun) {
        public Round {
            requireNonNull(begun, "begun is null");
        }
    }

    /**
     * What is seen at one moment.
     *
     * @param round from 0 on; 1 is the first pass, as QEMU counts
     * @param bytesPerSecond of the link, as QEMU has measured; 0 when it has not
     * @param elapsed since the copy began
     */
    public record Look(int round, long bytesRemaining, long bytesPerSecond, long dirtyBytesPerSecond,
            Duration elapsed) {}

    public Convergence {
        requireNonNull(limits, "limits is null");
        rounds = List.copyOf(rounds);
        requireNonNull(stall, "stall is null");
    }

    public static Convergence begin(Limits limits) {
        return new Convergence(limits, List.of(), 0, Optional.empty());
    }

    /** A stall is final: what is done about it is done once. */
    public Convergence after(Look look) {
        if (stall.isPresent()) {
            return this;
        }
        List<Round> seen = new ArrayList<>(rounds);
        if (look.round() > FIRST_PASS) {
            if (look.round() > number) {
                seen.add(new Round(look.bytesRemaining(), look.elapsed()));
            } else {
                Round last = seen.removeLast();
                seen.add(new Round(Math.max(last.bytesLeft(), look.bytesRemaining()), last.begun()));
            }
        }
        while (isEnough(seen.subList(Math.min(1, seen.size()), seen.size()), look)) {
            seen.removeFirst();
        }
        return new Convergence(limits, seen, Math.max(number, look.round()),
                lateness(look).or(() -> stuck(seen, look)));
    }

    /** To be judged by. */
    private boolean isEnough(List<Round> seen, Look look) {
        // The last one is not over.
        return seen.size() > PARTS * limits.rounds()
                && look.elapsed().minus(seen.getFirst().begun()).compareTo(PATIENCE) >= 0;
    }

    private Optional<String> lateness(Look look) {
        return limits.timeMax().filter(max -> look.elapsed().compareTo(max) > 0)
                .map(max -> String.format(Locale.ROOT, "it has taken %.1f s, and may take %.1f",
                        look.elapsed().toMillis() / 1e3, max.toMillis() / 1e3));
    }

    private Optional<String> stuck(List<Round> seen, Look look) {
        if (!isEnough(seen, look) || look.bytesPerSecond() == 0) {
            return Optional.empty();
        }
        long first = most(seen, 0);
        long second = most(seen, 1);
        long last = most(seen, 2);
        double seconds = (double) last / look.bytesPerSecond();
        if (second < first || last < second || seconds <= limits.downtime().toMillis() / 1e3) {
            return Optional.empty();
        }
        return Optional.of(String.format(Locale.ROOT,
                "by round %d up to %.1f MiB stay dirty, and no less than in the rounds before: that takes %.0f ms, and"
                        + " the pause may last %d; the VM writes %.1f MiB/s and the link takes %.1f",
                look.round() - 1, last / MEBIBYTE, seconds * 1e3, limits.downtime().toMillis(),
                look.dirtyBytesPerSecond() / MEBIBYTE, look.bytesPerSecond() / MEBIBYTE));
    }

    private static long most(List<Round> seen, int part) {
        int over = seen.size() - 1;
        return seen.subList(over * part / PARTS, over * (part + 1) / PARTS).stream().mapToLong(Round::bytesLeft).max()
                .orElseThrow();
    }
}
