package org.godwit.mcs.ims;

import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;
import org.godwit.model.HomeAddress;
import org.godwit.protocol.lisp.Mapping;

/**
 * What the mapping server must not forget. Every write is durable when the method returns, and done as a whole or not at all: a
 * nonce or an epoch that a crash forgets can be replayed. Subscriptions may be saved by another thread than the rest.
 */
public interface MappingStore {

    /** Read once, at start. */
    void readEnrolments(Consumer<Enrolment> reader);

    /** Read once, at start; at most one for each HoA, and only for enrolled ones. */
    void readMappings(Consumer<Mapping> reader);

    /** Read once, at start; of some the HoA or the subscriber may not be enrolled any more. */
    void readSubscriptions(Consumer<SavedSubscription> reader);

    /** Read once, at start. */
    void readGateways(Consumer<HomeGateway> reader);

    /** Adds the enrolment, or replaces the one of the same HoA. */
    void saveEnrolment(Enrolment enrolment);

    /**
     * A Map-Register was taken.
     *
     * @param nonce the highest Map-Register nonce accepted, unsigned (RFC 9301, section 5.6)
     * @param mapping what became of the mapping, when it changed
     */
    void saveRegistration(HomeAddress hoa, long nonce, Optional<Mapping> mapping);

    /** Adds the mapping, or replaces the one of the same HoA. */
    void saveMapping(Mapping mapping);

    /** Adds or replaces many at once; a mapping's HoA is enrolled, or among the enrolments. */
    void saveAll(Collection<Enrolment> enrolments, Collection<Mapping> mappings);

    /** These home gateways and no others. */
    void saveGateways(Collection<HomeGateway> gateways);

    /** Adds or replaces some subscriptions, and drops others. */
    void saveSubscriptions(Collection<SavedSubscription> kept, Collection<SavedSubscription.Id> ended);

    /** The mapping, the enrolment, and all subscriptions of and to the HoA; nothing happens where there is none. */
    void remove(HomeAddress hoa);
}
