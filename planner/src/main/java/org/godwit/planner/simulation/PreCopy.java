package org.godwit.planner.simulation;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.godwit.model.DowntimeLadder;
import org.godwit.planner.Checks;

/**
 * Rounds over what is dirty, until that can be sent in the downtime or there have been too many.
 *
 * @param downtime for the last round
 * @param roundsMax 1 to 10,000
 */
public record PreCopy(PageOrder order, Clearing clearing, DowntimeLadder downtime,
        int roundsMax) implements CopyStrategy {

    private static final DowntimeLadder QEMUS = DowntimeLadder.level(Duration.ofMillis(300));

    /** QEMU's way and its longest downtime; the limit of rounds is Xen's: QEMU has none. */
    public static final PreCopy USUAL = new PreCopy(PageOrder.BY_ADDRESS, Clearing.BY_ROUND, QEMUS, 30);

    /** With the order of which Mirroring quotes that it sends less. */
    public static final PreCopy LRU = new PreCopy(PageOrder.LEAST_RECENTLY_USED, Clearing.BY_PAGE, QEMUS, 30);

    /** @throws IllegalArgumentException when out of range */
    public PreCopy {
        requireNonNull(order, "order is null");
        requireNonNull(clearing, "clearing is null");
        requireNonNull(downtime, "downtime is null");
        Checks.within("rounds", 1, 10_000, roundsMax);
    }

    /** The same with another downtime. */
    public PreCopy within(DowntimeLadder other) {
        return new PreCopy(order, clearing, other, roundsMax);
    }

    @Override
    public void move(Passage passage) {
        DirtyLog log = new DirtyLog(passage.pages(), clearing);
        int rounds = 0;
        do {
            log.round(passage, order);
            rounds++;
        } while (!fits(rounds, log, passage) && rounds < roundsMax);
        if (!fits(rounds, log, passage)) {
            passage.giveUpConverging();
        }
        passage.switchOver(() -> log.marks().stream().forEach(passage::send));
    }

    /** What a round has left is the next one's, and so is the limit. */
    private boolean fits(int rounds, DirtyLog log, Passage passage) {
        return passage.secondsForPages(log.marks().cardinality()) <= downtime.limit(rounds + 1).toMillis() / 1e3;
    }
}
