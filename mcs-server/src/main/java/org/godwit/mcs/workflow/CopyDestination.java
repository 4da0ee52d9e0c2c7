package org.godwit.mcs.workflow;

import static java.util.Objects.requireNonNull;

/** Where the source's hypervisor sends the domain, and the bridges that its two interfaces find there. */
public record CopyDestination(String libvirtUri, String reachableBridge, String idleBridge) {

    public CopyDestination {
        requireNonNull(libvirtUri, "libvirtUri is null");
        requireNonNull(reachableBridge, "reachableBridge is null");
        requireNonNull(idleBridge, "idleBridge is null");
        if (libvirtUri.isBlank() || reachableBridge.isBlank() || idleBridge.isBlank()) {
            throw new IllegalArgumentException("a copy needs the target's libvirt URI and both bridges, got \""
                    + libvirtUri + "\", \"" + reachableBridge + "\", \"" + idleBridge + "\"");
        }
    }
}
