package org.godwit.lab.experiment.streaming;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The pictures in RTP packets (RFC 3550) of H.264 (RFC 6184), as tcpdump tells them with -n -tt -T rtp. */
final class Rtp {

    /** "1763760000.123456 IP6 ADDRESS.PORT > ADDRESS.PORT: udp/rtp LENGTH c96 * SEQUENCE TIMESTAMP", the star with a mark only. */
    private static final Pattern LINE = Pattern
            .compile("(\\d+)\\.(\\d{6}) IP6 \\S+\\.(\\d+) > \\S+: udp/rtp \\d+ c96 (\\*?) (\\d+) (\\d+)");
    private static final int SEQUENCES = 1 << 16;
    private static final long TIMESTAMPS = 1L << 32;
    private static final long TICKS_PER_MS = 90;

    /** @param isLast it has the mark: the picture ends with it */
    private record Packet(long atUs, boolean isLast, long sequence, long ticks) {}

    private Rtp() {}

    /** Those of which no packet is missing, in the order in which they are to be shown. Other lines are left out. */
    static List<Frame> frames(List<String> lines) {
        Map<Long, Packet> packets = packets(lines);
        if (packets.isEmpty()) {
            return List.of();
        }
        long firstTicks = packets.values().iterator().next().ticks();
        List<Frame> frames = new ArrayList<>();
        long heardUs = 0;
        boolean isWhole = true;
        for (Map.Entry<Long, Packet> entry : packets.entrySet()) {
            Packet packet = entry.getValue();
            // Whose picture a missing packet was of is not known: the one that follows is taken for cut.
            isWhole &= entry.getKey().equals(packets.keySet().iterator().next())
                    || packets.containsKey(packet.sequence() - 1);
            heardUs = Math.max(heardUs, packet.atUs());
            if (packet.isLast()) {
                if (isWhole) {
                    frames.add(new Frame((packet.ticks() - firstTicks) * 1000 / TICKS_PER_MS, heardUs));
                }
                isWhole = true;
                heardUs = 0;
            }
        }
        return List.copyOf(frames);
    }

    /**
     * By their sequence numbers, which do not wrap here; of one that came twice, the first. Of what else comes, as from a film that was not
     * quite over, nothing: the port from which the last one comes stays when the VM's address does not.
     */
    private static Map<Long, Packet> packets(List<String> lines) {
        List<MatchResult> all = lines.stream().map(LINE::matcher).filter(Matcher::matches).map(Matcher::toMatchResult)
                .toList();
        Map<Long, Packet> packets = new TreeMap<>();
        Packet last = null;
        for (MatchResult words : all) {
            if (words.group(3).equals(all.getLast().group(3))) {
                Packet packet = new Packet(Long.parseLong(words.group(1)) * 1_000_000 + Long.parseLong(words.group(2)),
                        words.group(4).equals("*"),
                        nearest(Long.parseLong(words.group(5)), last == null ? SEQUENCES : last.sequence(), SEQUENCES),
                        nearest(Long.parseLong(words.group(6)), last == null ? TIMESTAMPS : last.ticks(), TIMESTAMPS));
                packets.putIfAbsent(packet.sequence(), packet);
                last = packet;
            }
        }
        return packets;
    }

    /** The number that is nearest to another one, of all that look like this one after they have wrapped. */
    private static long nearest(long wrapped, long to, long size) {
        long ahead = Math.floorMod(wrapped - to, size);
        return to + (ahead < size / 2 ? ahead : ahead - size);
    }
}
