package org.godwit.planner.simulation;

import static java.util.Objects.requireNonNull;

import org.godwit.planner.Checks;

/**
 * Rounds over what is dirty, until that can be sent in the downtime or there have been too many.
 *
 * @param downtimeMaxSeconds for the last round, above zero
 * @param roundsMax 1 to 10,000
 */
public record PreCopy(PageOrder order, Clearing clearing, double downtimeMaxSeconds,
        int roundsMax) implements CopyStrategy {

    /** QEMU's way and its longest downtime; the limit of rounds is Xen's: QEMU has none. */
    public static final PreCopy USUAL = new PreCopy(PageOrder.BY_ADDRESS, Clearing.BY_ROUND, 0.3, 30);

    /** With the order of which Mirroring quotes that it sends less. */
    public static final PreCopy LRU = new PreCopy(PageOrder.LEAST_RECENTLY_USED, Clearing.BY_PAGE, 0.3, 30);

    /** @throws IllegalArgumentException when out of range */
    public PreCopy {
        requireNonNull(order, "order is null");
        requireNonNull(clearing, "clearing is null");
        Checks.positive("the longest downtime (seconds)", downtimeMaxSeconds);
        Checks.within("rounds", 1, 10_000, roundsMax);
    }

    /** The same with another downtime. */
    public PreCopy within(double seconds) {
        return new PreCopy(order, clearing, seconds, roundsMax);
    }

    @Override
    public void move(Passage passage) {
        DirtyLog log = new DirtyLog(passage.pages(), clearing);
        int rounds = 0;
        do {
            log.round(passage, order);
            rounds++;
        } while (!fits(log, passage) && rounds < roundsMax);
        if (!fits(log, passage)) {
            passage.giveUpConverging();
        }
        passage.switchOver(() -> log.marks().stream().forEach(passage::send));
    }

    private boolean fits(DirtyLog log, Passage passage) {
        return passage.secondsForPages(log.marks().cardinality()) <= downtimeMaxSeconds;
    }
}
