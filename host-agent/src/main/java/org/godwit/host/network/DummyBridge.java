package org.godwit.host.network;

import static java.util.Objects.requireNonNull;

import java.util.UUID;
import java.util.regex.Pattern;
import org.godwit.model.Gateway;

/**
 * The bridge that impersonates the gateway of the target site for one VM.
 *
 * @param vm whose secondary interface hears it
 * @param gateway whom it impersonates
 * @param tap the host's end of the VM's secondary interface, for example {@code vnet1}
 */
public record DummyBridge(UUID vm, Gateway gateway, String tap) {

    private static final Pattern LINK_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}");

    /** @throws IllegalArgumentException when the tap is not the name of a link */
    public DummyBridge {
        requireNonNull(vm, "vm is null");
        requireNonNull(gateway, "gateway is null");
        requireNonNull(tap, "tap is null");
        if (!LINK_NAME.matcher(tap).matches()) {
            throw new IllegalArgumentException("tap must be the name of a link, got \"" + tap + "\"");
        }
    }

    /** The name of the bridge. */
    public String name() {
        return BridgeNames.staging(vm);
    }
}
