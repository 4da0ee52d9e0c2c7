package org.godwit.lab.experiment.watanabe;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.godwit.model.MacAddress;

/**
 * When a VM that configures its interface by itself did what, as seen on the link of the host where it has landed; in µs
 * since 1970. What it did not do is empty.
 *
 * @param linkLocal it asked whether somebody has its link-local address
 * @param solicited it solicited a router
 * @param advertised the router's last advertisement before the VM formed an address
 * @param formed it asked whether somebody has the address that it has formed
 * @param registered it told the mapping server
 */
record Movement(OptionalLong linkLocal, OptionalLong solicited, OptionalLong advertised, OptionalLong formed,
        OptionalLong registered) {

    /** What has to be captured, as tcpdump writes it with -n -e -tt. */
    static final String FILTER = "(icmp6 and ip6[40] >= 133 and ip6[40] <= 136) or udp port 4342";

    /** "1763760000.123456 52:54:00:0a:00:01 > 33:33:00:00:00:02, ethertype …: FROM > TO: WORDS". */
    private static final Pattern LINE = Pattern
            .compile("(\\d+)\\.(\\d{6}) ([0-9a-f:]{17}) > .*?: (\\S+) > (\\S+): (.*)");

    private record Packet(long atUs, String mac, String from, String to, String words) {

        static Optional<Packet> of(String line) {
            Matcher packet = LINE.matcher(line);
            return packet.matches()
                    ? Optional.of(new Packet(
                            Long.parseLong(packet.group(1)) * 1_000_000 + Long.parseLong(packet.group(2)),
                            packet.group(3), packet.group(4), packet.group(5), packet.group(6)))
                    : Optional.empty();
        }

        /** RFC 4862, section 5.4.2: from the unspecified address. */
        boolean asksForDuplicates() {
            return from.equals("::") && words.contains("neighbor solicitation");
        }

        boolean asksAboutLinkLocal() {
            return asksForDuplicates() && words.contains("who has fe80:");
        }
    }

    /**
     * @param lines of tcpdump; others are left out
     * @param vm the MACs of its interfaces
     * @param fromUs when it resumed
     */
    static Movement of(List<String> lines, List<MacAddress> vm, long fromUs) {
        List<Packet> all = lines.stream().flatMap(line -> Packet.of(line).stream())
                .filter(packet -> packet.atUs() >= fromUs).toList();
        List<String> macs = vm.stream().map(mac -> mac.text().toLowerCase(Locale.ROOT)).toList();
        List<Packet> own = all.stream().filter(packet -> macs.contains(packet.mac())).toList();
        OptionalLong formed = own.stream()
                .filter(packet -> packet.asksForDuplicates() && !packet.asksAboutLinkLocal())
                .mapToLong(Packet::atUs).findFirst();
        return new Movement(own.stream().filter(Packet::asksAboutLinkLocal).mapToLong(Packet::atUs).findFirst(),
                own.stream().filter(packet -> packet.words().contains("router solicitation"))
                        .mapToLong(Packet::atUs).findFirst(),
                all.stream().filter(packet -> packet.words().contains("router advertisement"))
                        .mapToLong(Packet::atUs).filter(at -> at <= formed.orElse(Long.MIN_VALUE))
                        .reduce((_, last) -> last),
                formed,
                own.stream()
                        .filter(packet -> packet.to().endsWith(".4342") && packet.atUs() >= formed.orElse(fromUs))
                        .mapToLong(Packet::atUs).findFirst());
    }

    /** When it began to do something about where it is. */
    OptionalLong first() {
        return linkLocal.isPresent() ? linkLocal : registered;
    }

    /** From one moment to the next, in ms; null unless both are known and in that order. */
    static Double ms(OptionalLong from, OptionalLong to) {
        return from.isPresent() && to.isPresent() && from.getAsLong() <= to.getAsLong()
                ? Double.valueOf((to.getAsLong() - from.getAsLong()) / 1e3)
                : null;
    }
}
