package org.godwit.lab.experiment.sharedmemory;

import org.godwit.lab.experiment.Run;

/**
 * One migration.
 *
 * @param load of the machine when it began, the mean of one minute
 * @param passes over the memory while the VM ran; null for QEMU's own
 * @param copyMs from the order until the VM ran at the target
 * @param pauseMs the VM stood still; from outside, the sum of the three parts: what passes between them is of this program
 * @param lastPassMs of the pause: all memory looked at, and what differed sent; null for QEMU's own, like the next two
 * @param deviceMs of the pause: QEMU moved what is left to it
 * @param startMs of the pause: from the order to run until it ran
 * @param sentMb on the link, all headers included, there and back
 */
record SharedMemoryRun(int run, String trial, int memoryMib, String workload, double load, Double passes,
        double copyMs, double pauseMs, Double lastPassMs, Double deviceMs, Double startMs, double sentMb)
        implements
            Run {}
