package org.godwit.host.network;

import java.util.List;

/**
 * What should exist. The idle bridge is always part of it. Dummy bridges that exist but are not named here stay as they
 * are: an agent that was restarted in the middle of a migration does not know of them and must not pull them away.
 */
public record DesiredHostNetwork(List<DummyBridge> dummyBridges) {

    /** The idle bridge only. */
    public static final DesiredHostNetwork IDLE = new DesiredHostNetwork(List.of());

    public DesiredHostNetwork {
        dummyBridges = List.copyOf(dummyBridges);
    }

    public static DesiredHostNetwork of(DummyBridge dummyBridge) {
        return new DesiredHostNetwork(List.of(dummyBridge));
    }
}
