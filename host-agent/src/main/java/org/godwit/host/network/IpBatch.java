package org.godwit.host.network;

import java.util.ArrayList;
import java.util.List;
import org.godwit.model.Gateway;

/**
 * Renders input for {@code ip -batch -}. Adding is the only thing that ip does not do twice, so it is left out for links
 * that exist; every other line may be repeated.
 */
final class IpBatch {

    // Locally administered, so that it stays the same whatever port comes and goes.
    private static final String IDLE_MAC = "02:67:77:69:64:6c";

    private IpBatch() {}

    static String makeIdle(Links links) {
        List<String> lines = new ArrayList<>();
        make(BridgeNames.IDLE, IDLE_MAC, links, lines);
        return text(lines);
    }

    /** Ports of the idle bridge are kept from each other: libvirt may have put one there without isolation. */
    static String openIdle(Links links) {
        List<String> lines = new ArrayList<>();
        links.portsOf(BridgeNames.IDLE).forEach(port -> isolate(port.name(), lines));
        lines.add("link set dev " + BridgeNames.IDLE + " up");
        return text(lines);
    }

    /** The bridge with the gateway's addresses, still down: nothing passes before the black hole is there. */
    static String makeDummy(DummyBridge dummy, Links links) {
        Gateway gateway = dummy.gateway();
        List<String> lines = new ArrayList<>();
        make(dummy.name(), gateway.mac().text(), links, lines);
        lines.add("link set dev " + dummy.name() + " alias " + BridgeNames.alias(dummy.vm()));
        lines.add("address flush dev " + dummy.name());
        lines.add("address replace " + gateway.linkLocal() + "/64 dev " + dummy.name() + " nodad");
        return text(lines);
    }

    static String openDummy(DummyBridge dummy) {
        return text(List.of("link set dev " + dummy.name() + " up",
                "link set dev " + dummy.tap() + " master " + dummy.name(), "link set dev " + dummy.tap() + " up"));
    }

    /** Ports go back to the idle bridge while there is one. */
    static String remove(String bridge, Links links) {
        List<String> lines = new ArrayList<>();
        if (links.has(BridgeNames.IDLE) && !bridge.equals(BridgeNames.IDLE)) {
            for (Links.Link port : links.portsOf(bridge)) {
                lines.add("link set dev " + port.name() + " master " + BridgeNames.IDLE);
                isolate(port.name(), lines);
            }
        }
        if (links.has(bridge)) {
            lines.add("link delete dev " + bridge);
        }
        return text(lines);
    }

    private static void make(String bridge, String mac, Links links, List<String> lines) {
        if (!links.has(bridge)) {
            lines.add("link add name " + bridge + " type bridge");
        }
        lines.add("link set dev " + bridge + " addrgenmode none");
        lines.add("link set dev " + bridge + " address " + mac);
        lines.add("link set dev " + bridge + " type bridge stp_state 0 forward_delay 0 mcast_snooping 0");
    }

    private static void isolate(String port, List<String> lines) {
        lines.add("link set dev " + port + " type bridge_slave isolated on");
    }

    private static String text(List<String> lines) {
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }
}
