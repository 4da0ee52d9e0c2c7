package org.godwit.planner.prediction;

/**
 * How long the network misses a VM beyond its downtime: from the moment at which its processors run at the target until its packets
 * arrive again, in seconds. Where the VM has its addresses ready that is the guest's own time, whatever the strategy and the link; what a
 * VM waits for that lands before its memory is not in it.
 */
public final class Landing {

    /**
     * Without KVM the guest's code is translated anew. Lowest, median and highest of 30 flights of {@code lab/benchmark outage}, VM to
     * peer (docs/benchmarks.md).
     */
    public static final Estimate EMULATED = new Estimate(0.079, 0.119, 0.179);

    /** With KVM nobody has measured it: what we aim at is nothing, and no more than without KVM is allowed for. */
    public static final Estimate VIRTUALIZED = new Estimate(0, 0, EMULATED.high());

    private Landing() {}
}
