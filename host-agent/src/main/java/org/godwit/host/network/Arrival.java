package org.godwit.host.network;

import static java.util.Objects.requireNonNull;

import org.godwit.model.Gateway;
import org.godwit.model.MacAddress;
import org.godwit.model.MobileAddress;

/**
 * What a VM that is expected here will be on the reachable link.
 *
 * @param moa its address there
 * @param mac of the interface that has it
 * @param gateway of that link
 */
public record Arrival(MobileAddress moa, MacAddress mac, Gateway gateway) {

    /** @throws IllegalArgumentException when the gateway does not serve the address */
    public Arrival {
        requireNonNull(mac, "mac is null");
        if (!requireNonNull(gateway, "gateway is null").prefix().contains(requireNonNull(moa, "moa is null"))) {
            throw new IllegalArgumentException(
                    "the MoA must lie in the gateway's " + gateway.prefix() + ", got " + moa);
        }
    }
}
