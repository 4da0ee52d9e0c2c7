package org.godwit.mcs.store;

import static java.util.Objects.requireNonNull;

import org.godwit.model.HomeAddress;
import org.godwit.model.Name;

/** A correspondent that is MAT-capable and not one of our VMs. */
public record Peer(Name name, HomeAddress hoa) {

    public Peer {
        requireNonNull(name, "name is null");
        requireNonNull(hoa, "hoa is null");
    }
}
