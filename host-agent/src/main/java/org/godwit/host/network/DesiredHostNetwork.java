package org.godwit.host.network;

import java.util.List;

/**
 * What should exist. The idle bridge is always part of it. Dummy bridges and guarded ports that exist but are not named here
 * stay as they are: an agent that was restarted in the middle of a migration does not know of them and must not pull them
 * away. Only the rules of taps that are gone are removed.
 *
 * @param guestPorts taps whose guests may speak for themselves only
 */
public record DesiredHostNetwork(List<DummyBridge> dummyBridges, List<GuestPort> guestPorts) {

    /** The idle bridge only. */
    public static final DesiredHostNetwork IDLE = new DesiredHostNetwork(List.of(), List.of());

    public DesiredHostNetwork {
        dummyBridges = List.copyOf(dummyBridges);
        guestPorts = List.copyOf(guestPorts);
    }

    public static DesiredHostNetwork of(DummyBridge dummyBridge) {
        return new DesiredHostNetwork(List.of(dummyBridge), List.of());
    }

    public static DesiredHostNetwork of(List<GuestPort> guestPorts) {
        return new DesiredHostNetwork(List.of(), guestPorts);
    }
}
