package org.godwit.mcs.ims;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.godwit.model.AddressBinding;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;

/**
 * What the migration workflow asks of the mapping server. Safe for use by several threads.
 *
 * <p>A write has happened, durably, when its method returns; the future tells later what became of its publication to the
 * peers, and never fails. Writes may be repeated: a repeated one changes nothing and its future waits for those peers only
 * that have not acknowledged yet. A refused write throws {@link MappingRefusedException} and changes nothing.
 */
public interface AddressMappings {

    /** Makes the HoA known with its key, which replaces any other at once. With the same key nothing changes. */
    void enrol(HomeAddress hoa, MappingKey key);

    /**
     * Gives the HoA a new key without a gap: its owner is believed with both, until it has used the new one, or {@link #settle}
     * is called, or {@link ImsPolicy#keyOverlap} is over. Until then the old one signs what the owner is told.
     */
    void rotate(HomeAddress hoa, MappingKey next);

    /** The owner has the new key: the old one is good for nothing any more. Without a new key nothing changes. */
    void settle(HomeAddress hoa);

    /** No key is good for the HoA any more: its owner can neither register nor subscribe. The mapping stays. */
    void revoke(HomeAddress hoa);

    /** The VM will be reachable there: peers accept this MoA and follow its first packet. */
    CompletableFuture<Published> stage(HomeAddress hoa, MobileAddress moa, Epoch epoch);

    /** The VM is reachable there; the MoA that was active is retired, nothing is staged any more. */
    CompletableFuture<Published> activate(HomeAddress hoa, MobileAddress moa, Epoch epoch);

    /**
     * The VM is there, although its MoA has been retired, in this epoch maybe: it never arrived, or formed an old MoA again.
     * What was active is forgotten. Otherwise as {@link #activate}.
     */
    CompletableFuture<Published> reinstate(HomeAddress hoa, MobileAddress moa, Epoch epoch);

    /** What was staged, if anything, is not valid any more. */
    CompletableFuture<Published> unstage(HomeAddress hoa, Epoch epoch);

    /** Drops mapping, enrolment and subscriptions of the HoA, and tells its peers. Its epoch is forgotten too. */
    CompletableFuture<Published> forget(HomeAddress hoa);

    /** Empty when the HoA is not enrolled or nothing was ever bound. */
    Optional<Mapping> lookup(HomeAddress hoa);

    /** Where those are now who subscribe to the HoA: its peers. Empty, too, where the mapping server is elsewhere. */
    default List<MobileAddress> peersOf(HomeAddress hoa) {
        return List.of();
    }

    /** Whose MoA is it? A retired one is answered for until another HoA takes it. */
    Optional<AddressBinding> lookup(MobileAddress moa);
}
