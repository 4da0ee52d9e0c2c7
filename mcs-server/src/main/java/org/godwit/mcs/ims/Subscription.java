package org.godwit.mcs.ims;

import java.net.InetSocketAddress;
import java.util.Optional;
import org.godwit.model.HomeAddress;
import org.godwit.protocol.lisp.Mapping;

/** A peer that is told of changes of one HoA, and what it has not acknowledged yet. Times are of a nanosecond ticker. */
final class Subscription {

    /** One Map-Notify on its way: at most one for each subscription, since a newer one says all that an older one said. */
    static final class Unacknowledged {
        final long version;
        final Mapping mapping;
        int attempts = 1;
        long nextAt;

        Unacknowledged(long version, Mapping mapping, long nextAt) {
            this.version = version;
            this.mapping = mapping;
            this.nextAt = nextAt;
        }
    }

    final HomeAddress subscriber;
    final HomeAddress hoa;
    InetSocketAddress address;

    /** Of the newest message of this subscription, unsigned; a publication adds one (RFC 9437). */
    long nonce;
    long expiresAt;
    long acknowledgedVersion = -1;
    Optional<Unacknowledged> unacknowledged = Optional.empty();

    Subscription(HomeAddress subscriber, HomeAddress hoa) {
        this.subscriber = subscriber;
        this.hoa = hoa;
    }

    SavedSubscription.Id id() {
        return new SavedSubscription.Id(hoa, subscriber);
    }
}
