package org.godwit.lab.experiment.postcopy;

import org.godwit.lab.experiment.Run;

/**
 * One global migration. Times are in ms.
 *
 * @param load of the machine when it began, the mean of one minute
 * @param heardMs from the order until the end of the longest silence, whichever direction's was later: the paper's T_ALL
 * @param copyMs until all memory was at the target, as the hypervisor tells it; so are the pause and all numbers of pages
 * @param pageRequests pages that the VM waited for at the target
 * @param tcpStallMs the longest time without an echo of a TCP record
 */
public record PostCopyRun(int run, String trial, String strategy, int bandwidthMbit, String target, double load,
        Double heardMs, Double copyMs, Double pauseMs, double outageVmToPeerMs, double outagePeerToVmMs,
        double tcpStallMs, boolean tcpSurvived, double lostVmToPeer, double lostPeerToVm, Double iterations,
        Double sentMb, Double pageRequests) implements Run {}
