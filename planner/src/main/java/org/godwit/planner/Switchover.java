package org.godwit.planner;

/**
 * What every live copy ends with, AMVM's W_VCPU and epsilon.
 *
 * @param stateBytes of processors and devices, zero or more
 * @param resumeSeconds that the target needs to load them and to run, zero or more
 */
public record Switchover(double stateBytes, double resumeSeconds) {

    /** Near what QEMU has for a small machine: 256 KiB, 20 ms. Measure where it matters. */
    public static final Switchover TYPICAL = new Switchover(256 * 1024, 0.020);

    /** Of the same machine what is sent, where all else of the pause is measured as a whole. */
    public static final Switchover SENT = new Switchover(TYPICAL.stateBytes(), 0);

    /** @throws IllegalArgumentException when out of range */
    public Switchover {
        Checks.notNegative("the state of processors and devices (bytes)", stateBytes);
        Checks.notNegative("the time to resume (seconds)", resumeSeconds);
    }

    /** AMVM equation 4; the delay is ours: the paper's two nodes are on one switch. */
    public double downtimeSeconds(Link link) {
        return link.secondsFor(stateBytes) + link.delaySeconds() + resumeSeconds;
    }
}
