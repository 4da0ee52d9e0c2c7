package org.godwit.shim;

import static org.godwit.shim.Fixture.dropped;
import static org.godwit.shim.Fixture.translated;
import static org.godwit.shim.Fixture.untouched;
import static org.godwit.shim.Packets.advertisement;
import static org.godwit.shim.Packets.error;
import static org.godwit.shim.Packets.fragment;
import static org.godwit.shim.Packets.icmp;
import static org.godwit.shim.Packets.ip;
import static org.godwit.shim.Packets.labelled;
import static org.godwit.shim.Packets.raw;
import static org.godwit.shim.Packets.readdressed;
import static org.godwit.shim.Packets.summed;
import static org.godwit.shim.Packets.tcp;
import static org.godwit.shim.Packets.udp;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.godwit.shim.TestRun.Verdict;

/**
 * The packets of the kernel tier. The node has {@link #MOA} in the first slot, which is active, and {@link #MOA_STAGED} in
 * the second; its peer has an active, a staged and a retired MoA.
 */
final class Fixtures {

    static final String HOA = "2001:db8:face::1";
    static final String MOA = "2001:db8:a::10";
    static final String MOA_STAGED = "2001:db8:b::10";
    static final String PEER = "2001:db8:face::2";
    static final String PEER_MOA = "2001:db8:c::20";
    static final String PEER_STAGED = "2001:db8:d::20";
    static final String PEER_RETIRED = "2001:db8:e::20";
    static final String PLAIN = "2001:db8:5::53";
    static final String ROUTER = "2001:db8:99::1";
    static final String NOBODYS = "2001:db8:e::1";
    static final String NOBODYS_BEFORE = "2001:db8:e::2";
    static final String STRANGER = "2001:db8:bad::1";
    static final String UNBOUND = "2001:db8:face::99";

    private static final String OUT = Abi.PROGRAM_EGRESS;
    private static final String IN = Abi.PROGRAM_INGRESS;
    private static final String NIC_OUT = Abi.PROGRAM_NIC_EGRESS;

    private static final int UNREACHABLE = 1;
    private static final int TOO_BIG = 2;
    private static final int TIME_EXCEEDED = 3;
    private static final int PARAMETER_PROBLEM = 4;
    private static final int ECHO_REQUEST = 128;
    private static final int ECHO_REPLY = 129;
    private static final int MLD_QUERY = 130;
    private static final int ROUTER_ADVERTISEMENT = 134;
    private static final int ESP = 50;

    /** An INIT (RFC 9260, section 3.3.2) with the CRC32c that it has whatever the addresses are. */
    private static final Packets.Upper SCTP_INIT = raw(Packets.SCTP, HexFormat.of()
            .parseHex("1388138800000000" + "5ca1ab1e" + "010000140000000100010000000a00100000002a"));

    private Fixtures() {}

    static Stream<Fixture> all() {
        return Stream.of(out(), outDropped(), in(), inErrors(), inUntouched(), inDropped(), nicOut())
                .flatMap(List::stream);
    }

    private static List<Fixture> out() {
        byte[] received = ip(PEER, HOA, udp());
        return List.of(translatedOut("TCP out", tcp()), translatedOut("UDP out", udp()),
                translatedOut("echo request out", icmp(ECHO_REQUEST)),
                translatedOut("echo reply out", icmp(ECHO_REPLY)),
                translatedOut("a protocol without pseudo-header out", raw(ESP, new byte[32])),
                translatedOut("SCTP out, its CRC untouched", SCTP_INIT),
                translatedOut("UDP-Lite out", summed(Packets.UDP_LITE, 6)),
                translatedOut("DCCP out", summed(Packets.DCCP, 6)),
                translatedOut("TCP behind extension headers out", tcp(), Packets.HOP_BY_HOP, Packets.ROUTING,
                        Packets.DESTINATION_OPTIONS),
                translated("first fragment out", OUT, fragment(HOA, PEER, udp(), 0, 24),
                        fragment(MOA, PEER_MOA, udp(), 0, 24)),
                translated("later fragment out", OUT, fragment(HOA, PEER, udp(), 24, 50),
                        readdressed(fragment(HOA, PEER, udp(), 24, 50), MOA, PEER_MOA), Counter.FRAGMENT),
                translated("first fragment behind an extension header out", OUT,
                        fragment(HOA, PEER, tcp(), 0, 24, Packets.DESTINATION_OPTIONS),
                        fragment(MOA, PEER_MOA, tcp(), 0, 24, Packets.DESTINATION_OPTIONS)),
                translated("later fragment behind an extension header out", OUT,
                        fragment(HOA, PEER, tcp(), 24, 62, Packets.HOP_BY_HOP),
                        readdressed(fragment(HOA, PEER, tcp(), 24, 62, Packets.HOP_BY_HOP), MOA, PEER_MOA),
                        Counter.FRAGMENT),
                translated("reassembly time exceeded out", OUT,
                        ip(HOA, PEER, error(TIME_EXCEEDED, fragment(PEER, HOA, udp(), 0, 24)), Packets.HOP_BY_HOP),
                        ip(MOA, PEER_MOA,
                                error(TIME_EXCEEDED, readdressed(fragment(PEER, HOA, udp(), 0, 24), PEER_MOA, MOA)),
                                Packets.HOP_BY_HOP),
                        Counter.QUOTE_OUT),
                translated("port unreachable out", OUT, ip(HOA, PEER, error(UNREACHABLE, received)),
                        ip(MOA, PEER_MOA, error(UNREACHABLE, readdressed(received, PEER_MOA, MOA))),
                        Counter.QUOTE_OUT),
                translated("a label that would look stamped out", OUT, labelled(0xabcde, ip(HOA, PEER, tcp())),
                        labelled(0x2bcde, ip(MOA, PEER_MOA, tcp()))),
                translated("UDP whose checksum becomes zero out", OUT, ip(HOA, PEER, udp(zeroingSalt())),
                        ip(MOA, PEER_MOA, udp(zeroingSalt()))));
    }

    private static Fixture translatedOut(String name, Packets.Upper upper, int... extensions) {
        return translated(name, OUT, ip(HOA, PEER, upper, extensions), ip(MOA, PEER_MOA, upper, extensions));
    }

    /** A datagram that sums to 0xffff under the MoAs: zero would mean "no checksum". */
    private static int zeroingSalt() {
        return IntStream.range(0, 1 << 16).filter(salt -> {
            byte[] summed = udp(salt).summed(MOA, PEER_MOA);
            return summed[6] == (byte) 0xff && summed[7] == (byte) 0xff;
        }).findFirst().orElseThrow();
    }

    private static List<Fixture> outDropped() {
        byte[] cut = Arrays.copyOf(ip(HOA, PEER, tcp(), Packets.HOP_BY_HOP), 42);
        byte[] strangers = ip(STRANGER, HOA, udp());
        return List.of(dropped("to a HoA without a binding", OUT, ip(HOA, UNBOUND, tcp()), Counter.HELD_OUT),
                dropped("from a MoA through matif", OUT, ip(MOA, PEER, tcp()), Counter.DROP_FOREIGN_SOURCE),
                dropped("to multicast through matif", OUT, ip(HOA, "ff02::fb", udp()), Counter.DROP_MULTICAST),
                dropped("cut within an extension header", OUT, cut, Counter.DROP_HEADERS),
                dropped("cut within the TCP header", OUT, Arrays.copyOf(ip(HOA, PEER, tcp()), 50),
                        Counter.DROP_REWRITE),
                dropped("more extension headers than are walked", OUT,
                        ip(HOA, PEER, tcp(), IntStream.generate(() -> Packets.DESTINATION_OPTIONS).limit(7).toArray()),
                        Counter.DROP_HEADERS),
                dropped("an error about a packet of no peer", OUT, ip(HOA, PEER, error(UNREACHABLE, strangers)),
                        Counter.DROP_UNKNOWN_QUOTE),
                new Fixture("ARP through matif", OUT, Packets.foreignFrame(), Verdict.DROP, Optional.empty(),
                        Map.of(Counter.DROP_NOT_IPV6, 1L)));
    }

    private static List<Fixture> in() {
        return List.of(translatedIn("TCP in", PEER_MOA, MOA, tcp()), translatedIn("UDP in", PEER_MOA, MOA, udp()),
                translatedIn("echo request in", PEER_MOA, MOA, icmp(ECHO_REQUEST)),
                translatedIn("echo reply in", PEER_MOA, MOA, icmp(ECHO_REPLY)),
                translatedIn("SCTP in, its CRC untouched", PEER_MOA, MOA, SCTP_INIT),
                translatedIn("UDP-Lite in", PEER_MOA, MOA, summed(Packets.UDP_LITE, 6)),
                translatedIn("DCCP in", PEER_MOA, MOA, summed(Packets.DCCP, 6)),
                translatedIn("TCP in to the staged MoA, not armed", PEER_MOA, MOA_STAGED, tcp()),
                translatedIn("TCP in from the retired MoA", PEER_RETIRED, MOA, tcp(), Counter.LATE_IN),
                translatedIn("TCP in from the staged MoA", PEER_STAGED, MOA, tcp(), Counter.PEER_FLIP),
                translated("TCP in behind extension headers", IN,
                        ip(PEER_MOA, MOA, tcp(), Packets.DESTINATION_OPTIONS, Packets.HOP_BY_HOP),
                        ip(PEER, HOA, tcp(), Packets.DESTINATION_OPTIONS, Packets.HOP_BY_HOP)),
                translated("stamped TCP in, not armed", IN,
                        labelled(Packets.STAMPED | 7, ip(PEER_MOA, MOA, tcp())), labelled(0, ip(PEER, HOA, tcp())),
                        Counter.STAMPED_IN),
                translated("first fragment in", IN, fragment(PEER_MOA, MOA, tcp(), 0, 32),
                        fragment(PEER, HOA, tcp(), 0, 32)),
                translated("later fragment in to the other MoA, as when a flip came between", IN,
                        fragment(PEER_MOA, MOA_STAGED, tcp(), 32, 62),
                        readdressed(fragment(PEER_MOA, MOA_STAGED, tcp(), 32, 62), PEER, HOA), Counter.FRAGMENT),
                translated("later fragment in", IN, fragment(PEER_MOA, MOA, tcp(), 32, 62),
                        readdressed(fragment(PEER_MOA, MOA, tcp(), 32, 62), PEER, HOA), Counter.FRAGMENT));
    }

    private static Fixture translatedIn(String name, String from, String to, Packets.Upper upper, Counter... counts) {
        return translated(name, IN, ip(from, to, upper), ip(PEER, HOA, upper), counts);
    }

    private static List<Fixture> inErrors() {
        byte[] sent = ip(MOA, PEER_MOA, tcp());
        byte[] sentByHoa = readdressed(sent, HOA, PEER);
        byte[] sentInParts = fragment(MOA, PEER_MOA, udp(), 24, 50);
        byte[] sentElsewhere = ip(MOA_STAGED, PEER_RETIRED, udp(), Packets.HOP_BY_HOP);
        byte[] plain = ip(MOA, PLAIN, udp());
        return List.of(
                translated("packet too big from a router", IN, ip(ROUTER, MOA, error(TOO_BIG, sent)),
                        ip(ROUTER, HOA, error(TOO_BIG, sentByHoa)), Counter.QUOTE_IN),
                translated("port unreachable from the peer", IN, ip(PEER_MOA, MOA, error(UNREACHABLE, sent)),
                        ip(PEER, HOA, error(UNREACHABLE, sentByHoa)), Counter.QUOTE_IN),
                translated("time exceeded from a router, about a fragment", IN,
                        ip(ROUTER, MOA, error(TIME_EXCEEDED, sentInParts), Packets.DESTINATION_OPTIONS),
                        ip(ROUTER, HOA, error(TIME_EXCEEDED, readdressed(sentInParts, HOA, PEER)),
                                Packets.DESTINATION_OPTIONS),
                        Counter.QUOTE_IN),
                translated("parameter problem from the peer", IN,
                        ip(PEER_MOA, MOA, error(PARAMETER_PROBLEM, sentElsewhere)),
                        ip(PEER, HOA, error(PARAMETER_PROBLEM, readdressed(sentElsewhere, HOA, PEER))),
                        Counter.QUOTE_IN),
                translated("packet too big about other MoAs of both", IN,
                        ip(ROUTER, MOA_STAGED, error(TOO_BIG, sentElsewhere)),
                        ip(ROUTER, HOA, error(TOO_BIG, readdressed(sentElsewhere, HOA, PEER))), Counter.QUOTE_IN),
                untouched("packet too big about plain traffic to an exempt node", IN,
                        ip(ROUTER, MOA, error(TOO_BIG, plain)), Counter.EXEMPT_IN),
                untouched("packet too big about plain traffic to nobody known", IN,
                        ip(ROUTER, MOA, error(TOO_BIG, ip(MOA, STRANGER, udp()))), Counter.PLAIN_IN),
                dropped("an error about a packet of a stranger", IN,
                        ip(ROUTER, MOA, error(TOO_BIG, ip(STRANGER, PEER_MOA, udp()))), Counter.DROP_UNKNOWN_QUOTE),
                dropped("an error with a cut quote", IN,
                        ip(ROUTER, MOA, error(TOO_BIG, Arrays.copyOf(sent, 39))), Counter.DROP_HEADERS));
    }

    private static List<Fixture> inUntouched() {
        return List.of(untouched("UDP from an exempt node", IN, ip(PLAIN, MOA, udp()), Counter.EXEMPT_IN),
                untouched("UDP from an exempt node, whose label may look stamped", IN,
                        labelled(0xfffff, ip(PLAIN, MOA, udp())), Counter.EXEMPT_IN),
                untouched("UDP from an address that is nobody's MoA", IN, ip(NOBODYS, MOA, udp()), Counter.PLAIN_IN),
                untouched("a later fragment from an address that is nobody's MoA", IN,
                        fragment(NOBODYS, MOA, udp(), 24, 50), Counter.PLAIN_IN),
                untouched("echo request from a neighbour", IN, ip("fe80::99", MOA, icmp(ECHO_REQUEST)),
                        Counter.PLAIN_IN),
                untouched("neighbour advertisement to the MoA", IN, ip(ROUTER, MOA, advertisement(true))),
                untouched("router advertisement to the MoA", IN, ip("fe80::a1", MOA, icmp(ROUTER_ADVERTISEMENT))),
                untouched("MLD query to the MoA", IN, ip("fe80::a1", MOA, icmp(MLD_QUERY), Packets.HOP_BY_HOP)),
                untouched("TCP to an address that is not ours", IN, ip(PEER_MOA, STRANGER, tcp())),
                untouched("multicast in", IN, ip("fe80::a1", "ff02::1", icmp(ROUTER_ADVERTISEMENT))),
                new Fixture("ARP in", IN, Packets.foreignFrame(), Verdict.PASS, Optional.of(Packets.foreignFrame()),
                        Map.of()));
    }

    private static List<Fixture> inDropped() {
        return List.of(
                dropped("TCP from an unknown source", IN, ip(STRANGER, MOA, tcp()), Counter.HELD_IN),
                dropped("echo request from an unknown source", IN, ip(STRANGER, MOA, icmp(ECHO_REQUEST)),
                        Counter.HELD_IN),
                dropped("UDP from an address that was nobody's MoA", IN, ip(NOBODYS_BEFORE, MOA, udp()),
                        Counter.HELD_IN),
                dropped("a later fragment from an unknown source", IN, fragment(STRANGER, MOA, udp(), 24, 50),
                        Counter.HELD_IN),
                dropped("from a peer's HoA, untranslated, to the MoA", IN, ip(PEER, MOA, tcp()),
                        Counter.HELD_IN),
                dropped("to the HoA, untranslated", IN, ip(PEER, HOA, tcp()), Counter.DROP_HOA_IN),
                dropped("cut within the TCP header, in", IN, Arrays.copyOf(ip(PEER_MOA, MOA, tcp()), 50),
                        Counter.DROP_REWRITE),
                dropped("cut within an extension header, in", IN,
                        Arrays.copyOf(ip(PEER_MOA, MOA, tcp(), Packets.HOP_BY_HOP), 42), Counter.DROP_HEADERS));
    }

    private static List<Fixture> nicOut() {
        return List.of(dropped("the HoA about to leave", NIC_OUT, ip(HOA, PEER_MOA, tcp()), Counter.DROP_HOA_OUT),
                untouched("translated TCP leaves", NIC_OUT, ip(MOA, PEER_MOA, tcp())),
                untouched("an announcement leaves, not armed", NIC_OUT, ip(MOA, "ff02::1", advertisement(false))));
    }
}
