package org.godwit.shim;

import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;

/** What the kernel tells the agent. What others can provoke comes at most every 100 ms for one address. */
public sealed interface ShimEvent {

    /**
     * A packet for a HoA without a binding waits, for a second at most: resolve it, and {@link DataPlane#putPeer put} the peer,
     * or {@link DataPlane#removePeer remove} it when there is none.
     */
    record MissOut(HomeAddress peer) implements ShimEvent {}

    /**
     * A packet from a MoA that belongs to no known peer waits, for a second at most; or one came from where a peer was before,
     * and was let in: it may be late, or the peer may be back there. Ask whose the MoA is.
     */
    record UnknownSource(MobileAddress peer) implements ShimEvent {}

    /** The output now leaves through {@code to} only. */
    record Flipped(Slot to, FlipTrigger by) implements ShimEvent {}

    /** The first packet from a peer's staged MoA came: packets to the peer go there now. */
    record PeerFlipped(HomeAddress peer, MobileAddress to) implements ShimEvent {}

    /** At a home gateway: a packet for a HoA came from a plain node without a proxy address; it waits, for a second at most. */
    record Stranger(HomeAddress correspondent) implements ShimEvent {}

    /** At a home gateway: a packet for a proxy address that is nobody's (any more) waits, for a second at most. */
    record UnknownProxy(MobileAddress proxy) implements ShimEvent {}
}
