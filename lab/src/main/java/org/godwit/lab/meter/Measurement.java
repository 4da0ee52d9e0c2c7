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
 * @param strips arrivals over the window in equal parts, for the timeline: VM to peer, then peer to VM
 */
public record Measurement(String window, double startMs, double lengthMs, Directions outageMs, Directions lost,
        Directions duplicates, Tcp tcp, Ping ping, Double pingRequestGapMs, List<List<Integer>> strips) {

    public record Ping(long sent, long lost, double longestGapMs) {}
}
