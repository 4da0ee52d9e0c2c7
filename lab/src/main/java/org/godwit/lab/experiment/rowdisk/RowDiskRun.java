package org.godwit.lab.experiment.rowdisk;

import org.godwit.lab.experiment.Run;

/**
 * One way of a disk. Times are in ms, MB are millions of bytes; null is what this way does not have.
 *
 * @param load of the machine when it began, the mean of one minute
 * @param firstMb what the disk had in the beginning, sent in the first pass
 * @param updateMb what was sent of the disk after that, before it was compressed
 * @param updateWireMb the same as it was sent
 * @param lateMb of the update data, what was sent while the memory was copied or afterwards; of a mirror that is not told apart
 * @param lastWrites how the VM's last writes went: at once, or later; of layers only
 * @param rounds of update data while the VM ran; of a mirror none
 * @param memoryMb that were sent of the VM
 * @param totalMs from the order until the VM was heard from its new place; of bitmaps: until all of it was there but its devices
 * @param sendingMs of these, from when the first of the disk could be sent until the vCPUs stood still; null in older results
 * @param pauseMs how long the vCPUs stood still; of bitmaps: while the last round was sent
 * @param before writes a second that the disk took before the order
 * @param during the same from the order until the pause
 * @param wrong blocks that were not what the VM had written last, when all of it was over
 */
public record RowDiskRun(int run, String trial, Way way, Writing writing, int bandwidthMbit, int diskMib, String target,
        double load, double firstMb, double updateMb, double updateWireMb, Double lateMb, String lastWrites,
        Double rounds, double memoryMb, double totalMs, Double sendingMs, double pauseMs, Double outageVmToPeerMs,
        Double outagePeerToVmMs, double before, double during,
        double wrong) implements Run {

    /** Update data that went before the memory did. */
    Double earlyMb() {
        return lateMb == null ? null : updateMb - lateMb;
    }

    Double sendingSeconds() {
        return sendingMs == null ? null : sendingMs / 1e3;
    }

    Double atOncePercent() {
        return lastWrites == null ? null : lastWrites.equals("at once") ? 100.0 : 0.0;
    }

    double keptPercent() {
        return before == 0 ? 0 : 100 * during / before;
    }
}
