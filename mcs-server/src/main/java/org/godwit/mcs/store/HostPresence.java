package org.godwit.mcs.store;

import static java.util.Objects.requireNonNull;

import org.godwit.model.Name;

/** That a host's agent has, or has no longer, a session. */
public record HostPresence(Name host, boolean present) {

    public HostPresence {
        requireNonNull(host, "host is null");
    }
}
