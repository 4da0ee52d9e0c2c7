package org.godwit.shim;

import java.util.List;
import java.util.Optional;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;

/**
 * What a node that translates knows of its peers. Methods may be called from any thread; they throw {@link ShimException} when
 * the kernel refuses and {@link IllegalStateException} after closing.
 */
public interface PeerTable {

    /**
     * What is known of a peer, replacing what was. The first packet from the staged MoA makes it the active one without
     * user space; a retired one is accepted and never promoted. Only a MoA that was announced with authentication may be
     * put here. The caller keeps the order: an older announcement must not replace a newer one. Packets that waited for the
     * peer go on.
     *
     * @param epoch of the announcement; only kept, for {@link #peers}
     * @throws IllegalArgumentException when two of the MoAs are equal, or one belongs to another peer or to this node
     * @throws ShimException when there are as many peers as the kernel has room for; those that are known stay
     */
    void putPeer(HomeAddress hoa, MobileAddress active, Optional<MobileAddress> staged,
            Optional<MobileAddress> retired, Epoch epoch);

    /** As the other one, where announcements have no epoch. */
    default void putPeer(HomeAddress hoa, MobileAddress active, Optional<MobileAddress> staged,
            Optional<MobileAddress> retired) {
        putPeer(hoa, active, staged, retired, Epoch.NONE);
    }

    /** Forgets a peer, if it is known. Applications whose packets wait for it are told that it is unreachable. */
    void removePeer(HomeAddress hoa);

    /** All that the kernel has, such as what a former process left. Of those that change meanwhile, some may be missing. */
    List<KnownPeer> peers();
}
