package org.godwit.lab.meter;

import java.util.List;
import org.godwit.protocol.rest.Resources.Directions;
import org.godwit.protocol.rest.Resources.Tcp;

/**
 * What the meter saw in one window. Every time is by the correspondent's clock.
 *
 * @param outageMs the longest gap. VM to peer: between consecutive arrivals of the VM's probes. Peer to VM: between
 *        consecutive arrivals of the VM's first echoes, so it holds the way back of one packet
 * @param lost probes that never reached the other end. Peer to VM: as the VM itself counts
 * @param duplicates probes that arrived more than once
 * @param tcp one connection over all windows; the stall is the longest time without an echo
 * @param ping {@code ping6 -i 0.2} from the correspondent to the HoA
 * @param pingRequestGapMs T_DW by Watanabe's definition: the longest gap between echo requests that the VM sends every 0.2 s,
 *        as captured at the correspondent; null when the VM sends none
 * @param timeline arrivals over the whole window
 * @param closeUp arrivals around the longest gap from the VM; null when nothing arrived from it
 * @param edges of the longest gaps; null when too little arrived to have one in each direction
 */
public record Measurement(String window, double startMs, double lengthMs, Directions outageMs, Directions lost,
        Directions duplicates, Tcp tcp, Ping ping, Double pingRequestGapMs, Timeline timeline, Timeline closeUp,
        Edges edges) {

    /**
     * How many probes arrived in each of equal parts of a time.
     *
     * @param startMs of the first part, since the start of the window
     * @param columnMs length of a part
     */
    public record Timeline(double startMs, double columnMs, List<Integer> vmToPeer, List<Integer> peerToVm) {
        public Timeline {
            vmToPeer = List.copyOf(vmToPeer);
            peerToVm = List.copyOf(peerToVm);
        }
    }

    /**
     * When the longest gaps began and ended, in µs since 1970: what other programs on the same machine noted can be laid
     * beside it.
     *
     * @param windowStartUs when the window began
     * @param peerToVmSentUs when the probe had been sent whose echo ended the gap
     */
    public record Edges(long windowStartUs, long vmToPeerStartUs, long vmToPeerEndUs, long peerToVmStartUs,
            long peerToVmSentUs,
            long peerToVmEndUs) {}

    public record Ping(long sent, long lost, double longestGapMs) {}
}
