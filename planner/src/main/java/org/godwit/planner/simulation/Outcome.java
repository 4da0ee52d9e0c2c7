package org.godwit.planner.simulation;

/**
 * What a simulated migration was like.
 *
 * @param totalSeconds from the first page to the last, or to the guest's resumption, whichever is later
 * @param downtimeSeconds without a processor running on either side
 * @param stalledSeconds that the running guest waited for pages or for the wire, beside the downtime
 * @param bytes on the wire towards the target, headers, control signals and state included
 * @param pagesSent pages of zeros included
 * @param rounds over the memory, before the switchover
 * @param pageFaults answered over the link
 * @param controlSignals writes that were repeated at the target
 * @param isConverged false when pre-copy was ended by its limit of rounds, and not by what was left
 */
public record Outcome(double totalSeconds, double downtimeSeconds, double stalledSeconds, double bytes, long pagesSent,
        int rounds, long pageFaults, long controlSignals, boolean isConverged) {}
