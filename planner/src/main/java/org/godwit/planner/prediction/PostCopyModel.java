package org.godwit.planner.prediction;

/**
 * Post-copy: the switchover first, then every page once, by request and by active push. It is hybrid-copy without the round
 * before, so AMVM equations 4 to 6 hold with all of the memory in the place of V_dirty.
 */
public record PostCopyModel() implements CopyModel {

    @Override
    public Outcome outcome(Conditions conditions) {
        return pulling(conditions, 0, conditions.memory().bytes());
    }

    /**
     * Switchover, then the rest by AMVM equations 4 to 6. Unlike the paper, a page faults once at most, and a fault takes
     * the guest's time but not the copy's: while the guest waits, the source goes on pushing.
     *
     * @param sentBytes before the switchover
     * @param missingBytes at the target after it
     */
    static Outcome pulling(Conditions conditions, double sentBytes, double missingBytes) {
        double pushSeconds = conditions.secondsFor(missingBytes);
        double missingShareOnAverage = missingBytes / conditions.memory().bytes() / 2;
        double faults = Math.min(missingBytes / GuestMemory.PAGE_BYTES,
                missingShareOnAverage * pushSeconds * conditions.memory().accessesPerSecond());
        double downtime = conditions.downtimeSeconds();
        double total = conditions.secondsFor(sentBytes) + downtime + pushSeconds;
        return new Outcome.Completed(total, downtime,
                sentBytes + missingBytes + conditions.switchover().stateBytes(), faults);
    }
}
