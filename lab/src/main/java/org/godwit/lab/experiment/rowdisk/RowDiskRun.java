package org.godwit.lab.experiment.rowdisk;

import org.godwit.lab.experiment.Run;

/**
 * One way of a disk. Times are in ms, MB are millions of bytes; null is what this way does not have.
 *
 * @param load of the machine when it began, the mean of one minute
 * @param firstMb what the disk had in the beginning, sent in the first pass
 * @param updateMb what was sent of the disk after that, before it was compressed
 * @param updateWireMb the same as it was sent
 * @param mirroredMb of the update data, what QEMU's mirror sent; of the disk alone none
 * @param rounds of update data while the VM ran; of a mirror none
 * @param memoryMb that were sent of the VM
 * @param totalMs from the order until the VM was heard from its new place; of the disk alone: until all of it was there
 * @param pauseMs how long the vCPUs stood still; of the disk alone: while the last round was sent
 * @param before writes a second that the disk took before the order
 * @param during the same from the order until the pause
 * @param wrong blocks that were not what the VM had written last, when all of it was over
 */
public record RowDiskRun(int run, String trial, Way way, Writing writing, int bandwidthMbit, int diskMib, String target,
        double load, double firstMb, double updateMb, double updateWireMb, Double mirroredMb, Double rounds,
        Double memoryMb,
        double totalMs, double pauseMs, Double outageVmToPeerMs, Double outagePeerToVmMs, double before, double during,
        double wrong) implements Run {

    /** Update data that went before the memory did. */
    double earlyMb() {
        return updateMb - (mirroredMb == null ? 0 : mirroredMb);
    }

    double earlyWireMb() {
        return updateWireMb - (mirroredMb == null ? 0 : mirroredMb);
    }

    double keptPercent() {
        return before == 0 ? 0 : 100 * during / before;
    }
}
