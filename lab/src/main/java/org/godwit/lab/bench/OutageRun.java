package org.godwit.lab.bench;

import java.util.Map;
import org.godwit.lab.meter.Measurement;
import org.godwit.lab.meter.Measurement.Edges;

/**
 * One migration. Times are in ms; all figures are null when it failed. Outages are those at the landing; probes are counted
 * over the whole migration.
 *
 * @param pauseMs how long the vCPUs stood still: from STOP at the source to RESUME at the target, by QEMU's own clock
 * @param aboveVmToPeerMs the outage less the pause
 * @param tcpStallMs the longest time without an echo of a TCP record
 * @param tcpSurvived whether the one TCP connection of all runs was still there
 * @param quietVmToPeerMs the longest gap in the second just before, in which nothing happened
 * @param beforeStopMs last packet from the VM at the peer, until STOP
 * @param stopMs STOP until the source's QEMU asks libvirt whether to go on (status pre-switchover)
 * @param continueMs until libvirt has said so (status device)
 * @param sendMs until the target's QEMU has the last memory and the devices (status completed)
 * @param resumeMs until libvirt has let it run (RESUME)
 * @param guestMs RESUME until the first packet from the VM at the peer
 * @param deafMs RESUME until the first probe was sent to the VM that it answered; negative when it had been sent before
 * @param libvirtDowntimeMs iterations copyMs as libvirt tells them
 * @param failure why there are no figures; null when there are
 */
record OutageRun(int round, Subject subject, String source, String target, Double libvirtDowntimeMs, Double pauseMs,
        Double outageVmToPeerMs, Double outagePeerToVmMs, Double aboveVmToPeerMs, Double abovePeerToVmMs,
        Double lostVmToPeer, Double lostPeerToVm, Double twiceVmToPeer, Double twicePeerToVm, Double tcpStallMs,
        Boolean tcpSurvived, Double quietVmToPeerMs, Double quietPeerToVmMs, Double beforeStopMs, Double stopMs,
        Double continueMs, Double sendMs, Double resumeMs, Double guestMs, Double deafMs, Double iterations,
        Double copyMs, String failure) {

    /** @param statistics libvirt's of the migration, by its names */
    static OutageRun of(int round, Subject subject, String source, String target, Landing landing,
            Map<String, Long> statistics) {
        double pauseMs = landing.pauseMs();
        Measurement at = landing.at();
        Measurement whole = landing.whole();
        Edges edges = at.edges();
        return new OutageRun(round, subject, source, target, told(statistics, "downtime"), pauseMs,
                at.outageMs().vmToPeer(), at.outageMs().peerToVm(), at.outageMs().vmToPeer() - pauseMs,
                at.outageMs().peerToVm() - pauseMs, whole.lost().vmToPeer(), whole.lost().peerToVm(),
                whole.duplicates().vmToPeer(), whole.duplicates().peerToVm(), at.tcp().stallMs(),
                whole.tcp().survived(), landing.quiet().outageMs().vmToPeer(), landing.quiet().outageMs().peerToVm(),
                Landing.ms(edges.vmToPeerStartUs(), landing.stopUs()), Landing.ms(landing.stopUs(), landing.askedUs()),
                Landing.ms(landing.askedUs(), landing.toldUs()), Landing.ms(landing.toldUs(), landing.sentUs()),
                Landing.ms(landing.sentUs(), landing.resumeUs()), Landing.ms(landing.resumeUs(), edges.vmToPeerEndUs()),
                Landing.ms(landing.resumeUs(), edges.peerToVmSentUs()), told(statistics, "memory_iteration"),
                told(statistics, "time_elapsed"), null);
    }

    private static Double told(Map<String, Long> statistics, String name) {
        Long value = statistics.get(name);
        return value == null ? null : Double.valueOf(value);
    }

    static OutageRun failed(int round, Subject subject, String source, String target, String failure) {
        return new OutageRun(round, subject, source, target, null, null, null, null, null, null, null, null, null, null,
                null, null, null, null, null, null, null, null, null, null, null, null, null, failure);
    }

    boolean isMeasured() {
        return failure == null;
    }
}
