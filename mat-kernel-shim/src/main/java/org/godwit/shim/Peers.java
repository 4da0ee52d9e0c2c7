package org.godwit.shim;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;

/** What the kernel knows of peers, and the index of their MoAs that input uses. */
final class Peers {

    private final BpfMap peers;
    private final BpfMap moas;

    /** @param changed what to do after each change */
    Peers(KernelObject kernel, Runnable changed) {
        peers = kernel.map(Abi.MAP_PEERS, Abi.PEER_BYTES, changed);
        moas = kernel.map(Abi.MAP_PEER_MOAS, Abi.PEER_MOA_BYTES, changed);
    }

    boolean contains(MobileAddress moa) {
        return moas.get(moa.bytes()).isPresent();
    }

    /** Whether the address that it waits for is known. */
    boolean canTranslate(HeldPacket packet) {
        return (packet.incoming() ? moas : peers).get(packet.address()).isPresent();
    }

    void put(HomeAddress hoa, MobileAddress active, Optional<MobileAddress> staged, Optional<MobileAddress> retired,
            Epoch epoch) {
        List<MobileAddress> now = new ArrayList<>(List.of(active));
        staged.ifPresent(now::add);
        retired.ifPresent(now::add);
        check(hoa, now);
        List<MobileAddress> before = known(hoa);

        ByteBuffer peer = BpfMap.buffer(Abi.PEER_BYTES);
        peer.putLong(Abi.PEER_EPOCH, epoch.number()).putInt(Abi.PEER_CHOICE,
                staged.isPresent() ? Abi.PLACE_ACTIVE | Abi.STAGED : Abi.PLACE_ACTIVE);
        try {
            // A MoA is accepted before packets are sent to it, and packets are no longer sent to one before it is refused.
            place(hoa, active, Abi.PLACE_ACTIVE, peer);
            staged.ifPresent(moa -> place(hoa, moa, Abi.PLACE_STAGED, peer));
            retired.ifPresent(moa -> place(hoa, moa, Abi.PLACE_RETIRED, peer));
            peers.put(hoa.bytes(), peer);
        } catch (ShimException e) {
            now.stream().filter(moa -> !before.contains(moa)).forEach(moa -> moas.remove(moa.bytes()));
            throw new ShimException("the peer " + hoa + " cannot be taken up beside those known, at most "
                    + Abi.PEERS_MAX + ": " + e.getMessage(), e);
        }
        before.stream().filter(moa -> !now.contains(moa)).forEach(moa -> moas.remove(moa.bytes()));
    }

    List<KnownPeer> all() {
        List<KnownPeer> all = new ArrayList<>();
        for (byte[] key : peers.keys(Abi.ADDRESS_BYTES)) {
            peers.get(key).ifPresent(peer -> all.add(read(HomeAddress.of(key), peer)));
        }
        return all;
    }

    private static KnownPeer read(HomeAddress hoa, ByteBuffer peer) {
        int choice = peer.getInt(Abi.PEER_CHOICE);
        int active = choice & Abi.ACTIVE;
        Optional<MobileAddress> other = moa(peer, active ^ Abi.ACTIVE);
        boolean staged = (choice & Abi.STAGED) != 0;
        return new KnownPeer(hoa, moa(peer, active).orElseThrow(), staged ? other : Optional.empty(),
                staged ? moa(peer, Abi.PLACE_RETIRED) : other.or(() -> moa(peer, Abi.PLACE_RETIRED)),
                new Epoch(peer.getLong(Abi.PEER_EPOCH)));
    }

    private static Optional<MobileAddress> moa(ByteBuffer peer, int place) {
        byte[] moa = BpfMap.address(peer, Abi.PEER_MOA + place * Abi.ADDRESS_BYTES);
        return Arrays.equals(moa, new byte[Abi.ADDRESS_BYTES]) ? Optional.empty() : Optional.of(MobileAddress.of(moa));
    }

    void remove(HomeAddress hoa) {
        List<MobileAddress> before = known(hoa);
        peers.remove(hoa.bytes());
        before.forEach(moa -> moas.remove(moa.bytes()));
    }

    private void check(HomeAddress hoa, List<MobileAddress> now) {
        if (new HashSet<>(now).size() < now.size()) {
            throw new IllegalArgumentException("the MoAs of peer " + hoa + " must differ, got " + now);
        }
        for (MobileAddress moa : now) {
            Optional<HomeAddress> holder = moas.get(moa.bytes())
                    .map(value -> HomeAddress.of(BpfMap.address(value, Abi.PEER_MOA_HOA)));
            if (holder.isPresent() && !holder.get().equals(hoa)) {
                throw new IllegalArgumentException(
                        "the MoA " + moa + " said to be that of peer " + hoa + " belongs to peer " + holder.get());
            }
        }
    }

    private void place(HomeAddress hoa, MobileAddress moa, int place, ByteBuffer peer) {
        peer.put(Abi.PEER_MOA + place * Abi.ADDRESS_BYTES, moa.bytes());
        ByteBuffer value = BpfMap.buffer(Abi.PEER_MOA_BYTES).put(Abi.PEER_MOA_HOA, hoa.bytes());
        moas.put(moa.bytes(), value.putInt(Abi.PEER_MOA_PLACE, place));
    }

    private List<MobileAddress> known(HomeAddress hoa) {
        List<MobileAddress> known = new ArrayList<>();
        peers.get(hoa.bytes()).ifPresent(peer -> {
            for (int place = 0; place < Abi.PLACES; place++) {
                moa(peer, place).ifPresent(known::add);
            }
        });
        return known;
    }
}
