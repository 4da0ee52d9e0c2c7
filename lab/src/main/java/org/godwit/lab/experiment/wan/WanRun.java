package org.godwit.lab.experiment.wan;

import org.godwit.lab.experiment.Run;

/**
 * One global migration. Times are in ms.
 *
 * @param delayMs one way, between the far site and everything else
 * @param lossPercent of the frames on that way, in each direction
 * @param means what made delay and loss
 * @param load of the machine when it began, the mean of one minute
 * @param pingMs round trip between the hosts as ping measures it just before, median of its replies; null when none came
 * @param pauseMs STOP at the source to RESUME at the target
 * @param askMs STOP until QEMU asks libvirt whether to go on
 * @param continueMs until libvirt says so
 * @param sendMs until all is at the target
 * @param finishMs until libvirt has resumed it: its finish phase
 * @param guestMs RESUME until the VM's first probe is at the peer
 * @param allMs from the request until probes have passed in both directions
 */
public record WanRun(int run, String trial, double delayMs, double lossPercent, String means, String target,
        double load,
        Double pingMs, double pauseMs, double askMs, double continueMs, double sendMs, double finishMs, double guestMs,
        double outageVmToPeerMs, double outagePeerToVmMs, double tcpStallMs, boolean tcpSurvived, double lostVmToPeer,
        double lostPeerToVm, double allMs) implements Run {

    /** What is not the hypervisor's pause. */
    double aboveVmToPeerMs() {
        return outageVmToPeerMs - pauseMs;
    }

    double abovePeerToVmMs() {
        return outagePeerToVmMs - pauseMs;
    }
}
