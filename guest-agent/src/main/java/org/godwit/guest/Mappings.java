package org.godwit.guest;

import java.util.function.Consumer;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.guest.GuestRequest.Enrol;
import org.godwit.protocol.lisp.Mapping;

/**
 * The mapping server (IMS), as an agent uses it. Nothing here waits: whatever is learnt, answers and pushed changes alike,
 * comes to the consumer that was given on opening, on a thread of the client.
 */
interface Mappings extends AutoCloseable {

    /** Opens the node's way to the mapping server. */
    interface Opener {

        /** @param source the own MoA to speak from, untranslated */
        Mappings open(Enrol identity, MobileAddress source, Consumer<Mapping> learnt);
    }

    /** Where is this HoA? Subscribes to its changes too. */
    void resolve(HomeAddress peer);

    /** Whose is this MoA? */
    void resolve(MobileAddress peer);

    /** The own HoA is at this MoA, until told otherwise. */
    void register(MobileAddress active);

    /** Speaks from this own MoA from now on; nothing happens when it does already. */
    void rebind(MobileAddress source);

    @Override
    void close();
}
