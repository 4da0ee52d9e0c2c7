package org.godwit.lab.experiment.rowdisk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;
import org.godwit.lab.Host;
import org.godwit.lab.LabException;
import org.godwit.protocol.rest.RestJson;

/** Counts what a host sends to another one by TCP, port by port. */
final class PortBytes implements AutoCloseable {

    /** QEMU's memory goes to the first free port from here on, and a mirrored disk to the next one: libvirt takes them in this order. */
    private static final int MIGRATION_PORT_MIN = 49_152;
    private static final int MIGRATION_PORT_MAX = 49_215;

    private final Host source;

    private PortBytes(Host source) {
        this.source = source;
    }

    static PortBytes count(Host source, Host target) {
        source.run("nft", "add table inet rowdisk;"
                + " add set inet rowdisk ports { type inet_service; size 65535; flags dynamic; };"
                + " add chain inet rowdisk out { type filter hook output priority 0; };"
                + " add rule inet rowdisk out ip6 daddr " + target.address().toCanonicalString()
                + " tcp dport 1024-65535 add @ports { tcp dport counter }");
        return new PortBytes(source);
    }

    /** With their headers, as the host's own stack counts them. */
    Map<Integer, Long> byPort() {
        return parse(source.run("nft", "-j", "list", "set", "inet", "rowdisk", "ports"));
    }

    static Map<Integer, Long> parse(String json) {
        Map<Integer, Long> bytes = new TreeMap<>();
        try {
            for (JsonNode part : RestJson.lenient().readTree(json).path("nftables")) {
                for (JsonNode entry : part.path("set").path("elem")) {
                    JsonNode element = entry.path("elem");
                    bytes.put(element.path("val").asInt(), element.path("counter").path("bytes").asLong());
                }
            }
        } catch (JsonProcessingException e) {
            throw new LabException("nft does not tell what was sent", e);
        }
        return bytes;
    }

    /** What went to mirrored disks, 0 when nothing did. */
    static long mirrored(Map<Integer, Long> byPort) {
        return migration(byPort, 1);
    }

    static long memory(Map<Integer, Long> byPort) {
        return migration(byPort, 0);
    }

    private static long migration(Map<Integer, Long> byPort, int place) {
        return byPort.entrySet().stream()
                .filter(entry -> entry.getKey() >= MIGRATION_PORT_MIN && entry.getKey() <= MIGRATION_PORT_MAX)
                .skip(place).findFirst().map(Map.Entry::getValue).orElse(0L);
    }

    @Override
    public void close() {
        source.run("nft", "delete table inet rowdisk");
    }
}
