package org.godwit.lab.experiment.amvm;

import org.godwit.lab.experiment.Run;

/**
 * One migration, what was measured of it and before it, and what was forecast. Copy and downtime are the hypervisor's figures. What
 * was forecast is null where the plan said that it would not end, and what was measured before where too little was known.
 *
 * @param doing what the VM did
 * @param load of the machine when it began, the mean of one minute
 * @param sentMbPerSecond while the hypervisor sent; null in results of before, and where it did not say
 * @param pageRequests pages that the VM waited for at the target
 * @param memoryMb that was not empty when the VM was copied last
 * @param dirtyMbPerSecond sampled just before
 * @param linkMbPerSecond of the last copies from this host to that one
 */
public record AmvmCopyRun(int run, String trial, String doing, int memoryMib, String strategy, String target,
        double load, double copyMs, double downtimeMs, double sentMb, Double sentMbPerSecond, double pageRequests,
        Double memoryMb,
        Double dirtyMbPerSecond, Double linkMbPerSecond, Double forecastCopyMs, Double forecastDowntimeMs,
        Double forecastSentMb, Double forecastPageRequests) implements Run {}
