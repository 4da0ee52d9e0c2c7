package org.godwit.host.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** The links of the host at one moment, as {@code ip -d -j link show} tells them. */
record Links(List<Link> all) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * @param index never given to another link
     * @param master the bridge it is a port of; empty when none
     * @param kind {@code bridge}, {@code tun}, {@code veth} …; empty for hardware
     * @param alias empty when none
     * @param mtu in bytes
     * @param forwardDelayMs of a bridge: for so long it passes nothing on for a new port
     * @param forwarding of a port: its bridge passes on what it says
     */
    record Link(int index, String name, String master, String kind, String alias, boolean carrier, int mtu,
            int forwardDelayMs, boolean forwarding) {

        // The kernel counts in hundredths of a second.
        private static final int FORWARD_DELAY_MS = 10;

        private static Link of(JsonNode json) {
            boolean carrier = StreamSupport.stream(json.path("flags").spliterator(), false)
                    .anyMatch(flag -> flag.asText().equals("LOWER_UP"));
            return new Link(json.path("ifindex").asInt(), json.path("ifname").asText(), json.path("master").asText(""),
                    json.path("linkinfo").path("info_kind").asText(""), json.path("ifalias").asText(""), carrier,
                    json.path("mtu").asInt(), FORWARD_DELAY_MS
                            * json.path("linkinfo").path("info_data").path("forward_delay").asInt(),
                    json.path("linkinfo").path("info_slave_data").path("state").asText().equals("forwarding"));
        }
    }

    Links {
        all = List.copyOf(all);
    }

    static Links parse(String json) {
        try {
            // ip prints an empty object for a link that vanished while it was looking.
            return new Links(StreamSupport.stream(JSON.readTree(json).spliterator(), false)
                    .filter(link -> link.has("ifname")).map(Link::of).toList());
        } catch (JsonProcessingException e) {
            throw new HostNetworkException("ip did not print JSON: is iproute2 at least 5.0?", e);
        }
    }

    Optional<Link> find(String name) {
        return all.stream().filter(link -> link.name().equals(name)).findFirst();
    }

    boolean has(String name) {
        return find(name).isPresent();
    }

    List<Link> portsOf(String bridge) {
        return all.stream().filter(link -> link.master().equals(bridge)).toList();
    }

    /** Those that lead to the site: neither a VM's nor our own. */
    List<Link> uplinksOf(String bridge) {
        return portsOf(bridge).stream()
                .filter(port -> !port.kind().equals("tun") && !port.name().equals(FutureGuestProbe.CABLE)).toList();
    }

    List<String> stagingBridges() {
        return all.stream().map(Link::name).filter(BridgeNames::isStaging).toList();
    }
}
