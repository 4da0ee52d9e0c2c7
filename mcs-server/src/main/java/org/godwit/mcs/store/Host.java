package org.godwit.mcs.store;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.godwit.model.Name;

/** A hypervisor host. {@code libvirtUri}: as its agent last said it; empty until the agent has dialled in once. */
public record Host(Name name, Name site, Optional<String> libvirtUri) {

    public Host {
        requireNonNull(name, "name is null");
        requireNonNull(site, "site is null");
        requireNonNull(libvirtUri, "libvirtUri is null");
    }
}
