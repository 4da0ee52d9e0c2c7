package org.godwit.planner.simulation;

import org.godwit.planner.Checks;

/**
 * AMVM 4.1 and 4.2: rounds over what is dirty (one, as AMVM has it; none is post-copy), the switchover with the map of what is
 * still dirty, then those pages by on-demand request and by active push.
 *
 * @param rounds before the switchover, 0 to 10,000
 * @param neighbours on either side of a page that was asked for, that are sent behind it, 0 to 1,000
 */
public record HybridCopy(int rounds, int neighbours) implements CopyStrategy {

    public static final HybridCopy AMVM = new HybridCopy(1, 8);

    public static final HybridCopy POST_COPY = new HybridCopy(0, 8);

    /** @throws IllegalArgumentException when out of range */
    public HybridCopy {
        Checks.within("rounds", 0, 10_000, rounds);
        Checks.within("neighbours", 0, 1000, neighbours);
    }

    @Override
    public void move(Passage passage) {
        DirtyLog log = new DirtyLog(passage.pages(), Clearing.BY_ROUND);
        for (int round = 0; round < rounds; round++) {
            log.round(passage, PageOrder.BY_ADDRESS);
        }
        passage.switchOver(() -> {});
        new Pull(passage, log.marks(), neighbours).run();
    }
}
