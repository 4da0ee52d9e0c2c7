package org.godwit.guest;

import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.guest.GuestRequest.Enrol;
import org.godwit.protocol.lisp.Mapping;

/**
 * The mapping server (IMS), as a home gateway uses it. Nothing waits. What is learnt of mobile nodes comes to the consumer that
 * was given on opening; that, and what depends on the futures, runs on a thread of the client and must not block.
 */
interface GatewayMappings extends AutoCloseable {

    /** Opens the gateway's way to the mapping server. */
    interface Opener {

        /** @param source the gateway's own address to speak from */
        GatewayMappings open(Enrol identity, MobileAddress source, Consumer<Mapping> learnt);
    }

    /** Where is this HoA? Asks and subscribes. */
    void resolve(HomeAddress mobileNode);

    /** Asks and subscribes until there is an answer, as what was known of these HoAs before may be out of date. */
    void watch(Collection<HomeAddress> mobileNodes);

    /** Whose is this MoA? */
    void resolve(MobileAddress mobileNode);

    /** Says that a correspondent has a proxy address; false when the mapping server does not take it. To be repeated. */
    CompletableFuture<Boolean> registerProxied(HomeAddress correspondent, MobileAddress proxy);

    /** Takes it back. */
    CompletableFuture<Boolean> withdrawProxied(HomeAddress correspondent, MobileAddress proxy);

    /** Who had this proxy address lately? The answer is not authenticated. */
    CompletableFuture<Optional<HomeAddress>> correspondent(MobileAddress proxy);

    @Override
    void close();
}
