package org.godwit.mcs.ims;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
 * @param edition what tells two enrolments of the same HoA apart
 */
public record Enrolment(HomeAddress hoa, Optional<MappingKey> key, Optional<Successor> successor, long registerNonce,
        Edition edition) {

    /**
     * @param birth a digest of the first key: another one after the HoA was forgotten and enrolled again
     * @param generation grows with each change of the keys that the control server makes
     */
    public record Edition(long birth, long generation) {

        boolean isNewerThan(Edition other) {
            return birth == other.birth && generation > other.generation;
        }

        Edition next() {
            return new Edition(birth, generation + 1);
        }
    }

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
        requireNonNull(edition, "edition is null");
        if (key.isEmpty() && successor.isPresent()) {
            throw new IllegalArgumentException("a revoked key of " + hoa + " cannot have a successor: enrol it again");
        }
    }

    public static Enrolment of(HomeAddress hoa, MappingKey key) {
        return new Enrolment(hoa, Optional.of(key), Optional.empty(), 0, new Edition(digest(key), 1));
    }

    /** The key that the owner should use from now on. */
    public Optional<MappingKey> newestKey() {
        return successor.map(Successor::key).or(this::key);
    }

    /** The old key stays good until the new one is used, or until {@code takesOverAt}. */
    public Enrolment withSuccessor(MappingKey next, Instant takesOverAt) {
        return new Enrolment(hoa, key, Optional.of(new Successor(next, takesOverAt)), registerNonce, edition);
    }

    /** The new key alone; nothing changes where there is none. */
    public Enrolment settled() {
        return new Enrolment(hoa, newestKey(), Optional.empty(), registerNonce, edition);
    }

    public Enrolment revoked() {
        return new Enrolment(hoa, Optional.empty(), Optional.empty(), registerNonce, edition);
    }

    public Enrolment withRegisterNonce(long nonce) {
        return new Enrolment(hoa, key, successor, nonce, edition);
    }

    /** The same owner with another key, which replaces all others. */
    Enrolment withKey(MappingKey other) {
        return new Enrolment(hoa, Optional.of(other), Optional.empty(), registerNonce, edition);
    }

    /** The control server has changed the keys. */
    Enrolment nextEdition() {
        return new Enrolment(hoa, key, successor, registerNonce, edition.next());
    }

    private static long digest(MappingKey key) {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(key.secret())).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    boolean isProvenByKey(Incoming.Signed message) {
        return key.filter(message::isProvenBy).isPresent();
    }

    boolean isProvenBySuccessor(Incoming.Signed message) {
        return successor.map(Successor::key).filter(message::isProvenBy).isPresent();
    }
}
