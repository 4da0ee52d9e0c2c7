package org.godwit.guest;

import java.io.IOException;
import java.util.Collection;
import java.util.function.Consumer;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.guest.GuestRequest.Enrol;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;

/**
 * The mapping server (IMS), as an agent uses it. Whatever is learnt, answers and pushed changes alike, comes to the consumer
 * that was given on opening, on a thread of the client.
 */
interface Mappings extends AutoCloseable {

    /** Opens the node's way to the mapping server. */
    interface Opener {

        /** @param source the own MoA to speak from, untranslated */
        Mappings open(Enrol identity, MobileAddress source, Consumer<Mapping> learnt);
    }

    /** Where is this HoA? Asks and subscribes, without waiting. */
    void resolve(HomeAddress peer);

    /** Asks and subscribes until there is an answer, as what was known of these HoAs before may be out of date. */
    void watch(Collection<HomeAddress> peers);

    /** Whose is this MoA? Asks, without waiting. @param nobodys is run on a thread of the client when it is nobody's */
    void resolve(MobileAddress peer, Runnable nobodys);

    /**
     * Says that the own HoA is at this MoA, and waits for the answer: for correspondents, which nobody else speaks for.
     *
     * @throws IOException when there was no answer or another one; the message says which
     */
    void register(MobileAddress active) throws IOException;

    /** The own HoA has a new key; what is known of others, and who is watched, stays. */
    void rekey(MappingKey key);

    /** Speaks from this own MoA from now on; nothing happens when it does already. */
    void rebind(MobileAddress source);

    @Override
    void close();
}
