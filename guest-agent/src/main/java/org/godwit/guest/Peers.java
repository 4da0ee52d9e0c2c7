package org.godwit.guest;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.shim.KnownPeer;
import org.godwit.shim.PeerTable;
import org.godwit.shim.ShimException;

/**
 * Puts what the mapping server says into the kernel, in order. The kernel may be ahead: a peer's first packet from its staged
 * MoA makes that the active one, and the server's word of the same epoch must not turn it back.
 */
final class Peers {

    private final PeerTable plane;
    private final HomeAddress own;
    private final LineLog log;
    private final Map<HomeAddress, Mapping> known = new HashMap<>();

    /** Takes over what a former process put, as the kernel has it now. */
    Peers(PeerTable plane, HomeAddress own, LineLog log) {
        this.plane = plane;
        this.own = own;
        this.log = log;
        for (KnownPeer peer : plane.peers()) {
            known.put(peer.hoa(),
                    new Mapping(peer.hoa(), Optional.of(peer.active()), peer.staged(), peer.retired(), peer.epoch()));
        }
    }

    /** Of whom we have a mapping; at first of those whom a former process left in the kernel. */
    synchronized List<HomeAddress> known() {
        return List.copyOf(known.keySet());
    }

    /** An answer or a push, in any order. */
    synchronized void learn(Mapping mapping) {
        HomeAddress hoa = mapping.hoa();
        if (hoa.equals(own)) {
            return;
        }
        Mapping before = known.getOrDefault(hoa, Mapping.none(hoa));
        // "Forgotten" has no epoch of its own.
        if (!mapping.isEmpty() && mapping.epoch().isOlderThan(before.epoch())) {
            log.line("peer_stale", "hoa", hoa, "epoch", mapping.epoch(), "known_epoch", before.epoch());
            return;
        }
        if (mapping.active().isEmpty()) {
            // Also one that was never known: somebody waits for it, and is told.
            plane.removePeer(hoa);
            if (known.remove(hoa) != null) {
                log.line("peer_removed", "hoa", hoa);
            }
            return;
        }
        put(aheadOf(mapping, before) ? mapping.activate(before.active().get(), mapping.epoch()) : mapping);
    }

    /** Whether the kernel has promoted what the mapping, though not older, still calls staged. */
    private static boolean aheadOf(Mapping mapping, Mapping before) {
        return before.active().isPresent() && before.active().equals(mapping.staged())
                && before.epoch().equals(mapping.epoch());
    }

    private void put(Mapping mapping) {
        if (mapping.equals(known.get(mapping.hoa()))) {
            return;
        }
        try {
            plane.putPeer(mapping.hoa(), mapping.active().get(), mapping.staged(), mapping.retired(),
                    mapping.epoch());
        } catch (IllegalArgumentException | ShimException e) {
            log.line("peer_refused", "hoa", mapping.hoa(), "reason", e.getMessage());
            return;
        }
        known.put(mapping.hoa(), mapping);
        log.line("peer", "hoa", mapping.hoa(), "active", text(mapping.active()), "staged", text(mapping.staged()),
                "retired", text(mapping.retired()), "epoch", mapping.epoch());
    }

    /** The kernel has followed the first packet from the peer's staged MoA. */
    synchronized void flipped(HomeAddress hoa, MobileAddress to) {
        Mapping before = known.get(hoa);
        if (before != null && before.staged().filter(to::equals).isPresent()) {
            known.put(hoa, before.activate(to, before.epoch()));
        }
        log.line("peer_flipped", "hoa", hoa, "active", to, "epoch", before == null ? Epoch.NONE : before.epoch());
    }

    private static String text(Optional<MobileAddress> moa) {
        return moa.isPresent() ? moa.get().toString() : "-";
    }
}
