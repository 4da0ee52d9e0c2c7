package org.godwit.lab.experiment.degradation;

import org.godwit.lab.experiment.Run;

/**
 * One migration under load. Requests are answered requests a second.
 *
 * @param load of the machine when it began, the mean of one minute
 * @param before the migration was ordered
 * @param copying from the order until the VM stood still: prepared, and then copied
 * @param after from a second after it ran at the target
 * @param disturbedMs how long, all in all, fewer than half as many as before were answered, from the order on
 * @param pauseMs how long the vCPUs stood still, by QEMU's own clock
 * @param untilPauseMs from the order until they stood still
 */
public record DegradationRun(int run, String trial, String target, double load, double before, double copying,
        double after, double disturbedMs, double pauseMs, double untilPauseMs) implements Run {}
