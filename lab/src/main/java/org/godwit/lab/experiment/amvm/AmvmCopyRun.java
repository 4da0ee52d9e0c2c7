package org.godwit.lab.experiment.amvm;

import org.godwit.lab.experiment.Run;

/**
 * One migration, and what was forecast of it. Copy and downtime are the hypervisor's figures. What was forecast is null where the
 * plan said that it would not end.
 *
 * @param doing what the VM did
 * @param load of the machine when it began, the mean of one minute
 * @param pageRequests pages that the VM waited for at the target
 */
public record AmvmCopyRun(int run, String trial, String doing, int memoryMib, String strategy, String target,
        double load, double copyMs, double downtimeMs, double sentMb, double pageRequests, Double forecastCopyMs,
        Double forecastDowntimeMs, Double forecastSentMb, Double forecastPageRequests) implements Run {}
