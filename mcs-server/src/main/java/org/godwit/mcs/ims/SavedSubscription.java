package org.godwit.mcs.ims;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;
import java.time.Instant;
import org.godwit.model.HomeAddress;

/**
 * A subscription as it outlives the mapping server's process.
 *
 * @param address where its publications go
 * @param nonce of its newest message when it was saved, unsigned; publications since then may have used greater ones
 */
public record SavedSubscription(Id id, InetSocketAddress address, long nonce, Instant expiresAt) {

    /** @param hoa whose changes are told @param subscriber who is told */
    public record Id(HomeAddress hoa, HomeAddress subscriber) {
        public Id {
            requireNonNull(hoa, "hoa is null");
            requireNonNull(subscriber, "subscriber is null");
        }
    }

    public SavedSubscription {
        requireNonNull(id, "id is null");
        requireNonNull(address, "address is null");
        requireNonNull(expiresAt, "expiresAt is null");
    }
}
