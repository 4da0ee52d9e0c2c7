package org.godwit.shim;

import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;

/** What the kernel tells the agent. What others can provoke comes at most every 100 ms for one address. */
public sealed interface ShimEvent {

    /** What a node hears that translates its own packets. */
    sealed interface OfNode extends ShimEvent permits MissOut, UnknownSource, Flipped, PeerFlipped {}

    /** What a home gateway hears. */
    sealed interface OfGateway extends ShimEvent permits MissOut, UnknownSource, PeerFlipped, Stranger, UnknownProxy {}

    /**
     * A packet for a HoA without a binding waits, for a second at most: resolve it, and {@link PeerTable#putPeer put} the peer,
     * or {@link PeerTable#removePeer remove} it when there is none.
     */
    record MissOut(HomeAddress peer) implements OfNode, OfGateway {}

    /**
     * A packet from a MoA that belongs to no known peer waits, for a second at most; or one came from where a peer was before,
     * and was let in: it may be late, or the peer may be back there. Ask whose the MoA is.
     */
    record UnknownSource(MobileAddress peer) implements OfNode, OfGateway {}

    /** The output now leaves through {@code to} only. */
    record Flipped(Slot to, FlipTrigger by) implements OfNode {}

    /** The first packet from a peer's staged MoA came: packets to the peer go there now. */
    record PeerFlipped(HomeAddress peer, MobileAddress to) implements OfNode, OfGateway {}

    /** A packet for a HoA came from a plain node without a proxy address; it waits, for a second at most. */
    record Stranger(HomeAddress correspondent) implements OfGateway {}

    /** A packet for a proxy address that is nobody's (any more) waits, for a second at most. */
    record UnknownProxy(MobileAddress proxy) implements OfGateway {}
}
