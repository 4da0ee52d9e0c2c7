package org.godwit.model;

import static java.util.Objects.requireNonNull;

/** The fact that a HoA is, will be or was reachable at a MoA, as of an epoch. */
public record AddressBinding(HomeAddress hoa, MobileAddress moa, BindingState state, Epoch epoch) {

    public AddressBinding {
        requireNonNull(hoa, "hoa is null");
        requireNonNull(moa, "moa is null");
        requireNonNull(state, "state is null");
        requireNonNull(epoch, "epoch is null");
        if (hoa.address().equals(moa.address())) {
            throw new IllegalArgumentException("a HoA cannot be its own MoA: " + hoa);
        }
    }
}
