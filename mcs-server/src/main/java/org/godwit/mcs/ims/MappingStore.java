package org.godwit.mcs.ims;

import java.util.List;
import org.godwit.model.HomeAddress;
import org.godwit.protocol.lisp.Mapping;

/**
 * What the mapping server must not forget. Every write is durable when the method returns: a nonce or an epoch that a crash
 * forgets can be replayed. Called by one thread at a time.
 */
public interface MappingStore {

    /** Read once, at start. */
    List<Enrolment> enrolments();

    /** Read once, at start; at most one for each HoA, and only for enrolled ones. */
    List<Mapping> mappings();

    /** Adds the enrolment, or replaces the one of the same HoA. */
    void saveEnrolment(Enrolment enrolment);

    /** @param nonce the highest Map-Register nonce accepted, unsigned (RFC 9301, section 5.6) */
    void saveRegisterNonce(HomeAddress hoa, long nonce);

    /** Adds the mapping, or replaces the one of the same HoA. */
    void saveMapping(Mapping mapping);

    /** Both the mapping and the enrolment; nothing happens where there is none. */
    void remove(HomeAddress hoa);
}
