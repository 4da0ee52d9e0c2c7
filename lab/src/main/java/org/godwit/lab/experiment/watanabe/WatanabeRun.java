package org.godwit.lab.experiment.watanabe;

import org.godwit.lab.experiment.Run;

/**
 * One migration. Times are in ms. Outages are those at the landing; probes are counted over the whole migration.
 *
 * @param load of the machine when it began, the mean of one minute
 * @param pauseMs how long the vCPUs stood still: from STOP at the source to RESUME at the target, by QEMU's own clock
 * @param dwMs T_DW as the paper defines it: the longest gap between the VM's pings 0.2 s apart; null when there were none
 * @param allMs T_ALL: from the order to migrate until probes have passed in both directions after the landing
 * @param tcpStallMs the longest time without an echo of a TCP record; null when the connection broke
 * @param quietVmToPeerMs the longest gap in the second before, in which nothing happened
 * @param noticedMs null, as all below, unless the VM is on its own: RESUME until it does something about where it is. That
 *        is the first packet of those that the next ones end with
 * @param linkLocalMs from asking whether somebody has its link-local address, until it solicits a router
 * @param routerMs until the router's advertisement
 * @param formedMs until it asks whether somebody has the address that it has formed
 * @param addressMs until it registers that at the mapping server
 * @param mappingMs until probes have passed in both directions
 */
public record WatanabeRun(int run, String trial, Subject subject, int memoryMib, int bandwidthMbit, String source,
        String target, double load, double pauseMs, Double dwMs, double outageVmToPeerMs, double outagePeerToVmMs,
        double allMs, Double tcpStallMs, boolean tcpSurvived, double lostVmToPeer, double lostPeerToVm,
        double quietVmToPeerMs, Double noticedMs, Double linkLocalMs, Double routerMs, Double formedMs,
        Double addressMs, Double mappingMs) implements Run {}
