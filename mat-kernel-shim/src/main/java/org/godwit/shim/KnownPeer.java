package org.godwit.shim;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;

/**
 * A peer as the kernel knows it now: what it has promoted since the peer was put stands as active, what was active before as
 * retired.
 *
 * @param epoch of the announcement that was put
 */
public record KnownPeer(HomeAddress hoa, MobileAddress active, Optional<MobileAddress> staged,
        Optional<MobileAddress> retired, Epoch epoch) {

    public KnownPeer {
        requireNonNull(hoa, "hoa is null");
        requireNonNull(active, "active is null");
        requireNonNull(staged, "staged is null");
        requireNonNull(retired, "retired is null");
        requireNonNull(epoch, "epoch is null");
    }
}
