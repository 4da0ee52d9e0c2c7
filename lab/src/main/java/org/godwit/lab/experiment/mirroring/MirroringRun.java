package org.godwit.lab.experiment.mirroring;

import org.godwit.lab.experiment.Run;

/**
 * One simulated migration.
 *
 * @param linkSpeed in {@code linkUnit}
 * @param vmMb its memory, MiB
 * @param totalSeconds from the first page until the VM goes on
 * @param bytesSent headers, control signals and state included
 * @param timesSent the same as a multiple of the memory
 */
record MirroringRun(int run, String trial, long seed, Subject subject, double linkSpeed, LinkUnit linkUnit, int vmMb,
        double totalSeconds, double downtimeSeconds, double bytesSent, double timesSent, long controlSignals,
        int rounds, boolean isConverged) implements Run {}
