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
 * @param quietVmToPeerMs the longest gap in two seconds just before, in which nothing happened
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

    /**
     * When QEMU stopped the VM, asked to go on, was told to, had sent all, and ran the VM at the other end; µs since 1970.
     */
    record Pause(long stopUs, long askedUs, long toldUs, long sentUs, long resumeUs) {}

    /**
     * @param quiet what the meter saw before
     * @param whole during all of the migration
     * @param landing from just before the pause on
     * @param statistics libvirt's of the migration, by its names
     */
    static OutageRun of(int round, Subject subject, String source, String target, Measurement quiet, Measurement whole,
            Measurement landing, Pause pause, Map<String, Long> statistics) {
        double pauseMs = ms(pause.stopUs(), pause.resumeUs());
        Edges edges = landing.edges();
        return new OutageRun(round, subject, source, target, told(statistics, "downtime"), pauseMs,
                landing.outageMs().vmToPeer(), landing.outageMs().peerToVm(), landing.outageMs().vmToPeer() - pauseMs,
                landing.outageMs().peerToVm() - pauseMs, whole.lost().vmToPeer(), whole.lost().peerToVm(),
                whole.duplicates().vmToPeer(), whole.duplicates().peerToVm(), landing.tcp().stallMs(),
                whole.tcp().survived(), quiet.outageMs().vmToPeer(), quiet.outageMs().peerToVm(),
                ms(edges.vmToPeerStartUs(), pause.stopUs()), ms(pause.stopUs(), pause.askedUs()),
                ms(pause.askedUs(), pause.toldUs()), ms(pause.toldUs(), pause.sentUs()),
                ms(pause.sentUs(), pause.resumeUs()), ms(pause.resumeUs(), edges.vmToPeerEndUs()),
                ms(pause.resumeUs(), edges.peerToVmSentUs()), told(statistics, "memory_iteration"),
                told(statistics, "time_elapsed"), null);
    }

    private static double ms(long fromUs, long toUs) {
        return (toUs - fromUs) / 1e3;
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
