package org.godwit.mcs.ims;

import static java.util.Objects.requireNonNull;

import org.godwit.model.HomeAddress;
import org.godwit.protocol.lisp.MappingKey;

/**
 * A HoA that the mapping server answers for.
 *
 * @param registerNonce the highest Map-Register nonce accepted with this key, unsigned; 0 when none was
 */
public record Enrolment(HomeAddress hoa, MappingKey key, long registerNonce) {

    public Enrolment {
        requireNonNull(hoa, "hoa is null");
        requireNonNull(key, "key is null");
    }
}
