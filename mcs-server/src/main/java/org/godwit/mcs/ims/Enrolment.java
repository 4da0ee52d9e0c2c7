package org.godwit.mcs.ims;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;
import org.godwit.model.HomeAddress;
import org.godwit.protocol.lisp.Incoming;
import org.godwit.protocol.lisp.MappingKey;

/**
 * A HoA that the mapping server answers for.
 *
 * @param key of its owner; empty when it was revoked: then nothing is believed of the owner, nor told to it
 * @param successor the key that will replace it: made, but not seen in use yet
 * @param registerNonce the highest Map-Register nonce accepted, unsigned; 0 when none was
 */
public record Enrolment(HomeAddress hoa, Optional<MappingKey> key, Optional<Successor> successor, long registerNonce) {

    /** @param takesOverAt when it replaces the old key at the latest */
    public record Successor(MappingKey key, Instant takesOverAt) {
        public Successor {
            requireNonNull(key, "key is null");
            requireNonNull(takesOverAt, "takesOverAt is null");
        }
    }

    public Enrolment {
        requireNonNull(hoa, "hoa is null");
        requireNonNull(key, "key is null");
        requireNonNull(successor, "successor is null");
        if (key.isEmpty() && successor.isPresent()) {
            throw new IllegalArgumentException("a revoked key of " + hoa + " cannot have a successor: enrol it again");
        }
    }

    public static Enrolment of(HomeAddress hoa, MappingKey key) {
        return new Enrolment(hoa, Optional.of(key), Optional.empty(), 0);
    }

    /** The key that the owner should use from now on. */
    public Optional<MappingKey> newestKey() {
        return successor.map(Successor::key).or(this::key);
    }

    /** The old key stays good until the new one is used, or until {@code takesOverAt}. */
    public Enrolment withSuccessor(MappingKey next, Instant takesOverAt) {
        return new Enrolment(hoa, key, Optional.of(new Successor(next, takesOverAt)), registerNonce);
    }

    /** The new key alone; nothing changes where there is none. */
    public Enrolment settled() {
        return new Enrolment(hoa, newestKey(), Optional.empty(), registerNonce);
    }

    public Enrolment revoked() {
        return new Enrolment(hoa, Optional.empty(), Optional.empty(), registerNonce);
    }

    public Enrolment withRegisterNonce(long nonce) {
        return new Enrolment(hoa, key, successor, nonce);
    }

    boolean isProvenByKey(Incoming.Signed message) {
        return key.filter(message::isProvenBy).isPresent();
    }

    boolean isProvenBySuccessor(Incoming.Signed message) {
        return successor.map(Successor::key).filter(message::isProvenBy).isPresent();
    }
}
