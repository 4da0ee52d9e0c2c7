package org.godwit.host.command;

import static java.util.Objects.requireNonNull;

import org.godwit.model.Name;

/**
 * Who this host is to the others.
 *
 * @param libvirtUri where other hosts' libvirt reaches this one
 * @param reachableBridge the bridge with the site's uplink
 */
public record HostIdentity(Name name, String libvirtUri, String reachableBridge) {

    public HostIdentity {
        requireNonNull(name, "name is null");
        requireNonNull(libvirtUri, "libvirtUri is null");
        requireNonNull(reachableBridge, "reachableBridge is null");
    }
}
