package org.godwit.guest;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.shim.Counter;
import org.godwit.shim.GatewayPlane;
import org.godwit.shim.KnownPeer;
import org.godwit.shim.Proxies;
import org.godwit.shim.ShimEvent;
import org.godwit.shim.ShimException;

/** A home gateway's data plane without a kernel. Its text is all that it holds. */
final class FakeGatewayPlane implements GatewayPlane, Proxies {

    private final Map<String, KnownPeer> peers = new TreeMap<>();
    final Map<HomeAddress, MobileAddress> proxies = new HashMap<>();
    final Set<HomeAddress> heardOf = new HashSet<>();
    final Set<HomeAddress> answered = new HashSet<>();
    boolean full;

    @Override
    public Proxies proxies() {
        return this;
    }

    @Override
    public void put(HomeAddress correspondent, MobileAddress proxy) {
        if (full) {
            throw new ShimException("no room");
        }
        proxies.put(correspondent, proxy);
    }

    @Override
    public void remove(HomeAddress correspondent) {
        proxies.remove(correspondent);
    }

    @Override
    public Use takeUse(HomeAddress correspondent) {
        return new Use(heardOf.remove(correspondent), answered.remove(correspondent));
    }

    @Override
    public Map<HomeAddress, MobileAddress> known() {
        return Map.copyOf(proxies);
    }

    @Override
    public void putPeer(HomeAddress hoa, MobileAddress active, Optional<MobileAddress> staged,
            Optional<MobileAddress> retired, Epoch epoch) {
        peers.put(hoa.toString(), new KnownPeer(hoa, active, staged, retired, epoch));
    }

    @Override
    public void removePeer(HomeAddress hoa) {
        peers.remove(hoa.toString());
    }

    @Override
    public List<KnownPeer> peers() {
        return List.copyOf(peers.values());
    }

    @Override
    public Optional<ShimEvent.OfGateway> nextEvent(Duration atMost) {
        return Optional.empty();
    }

    @Override
    public Map<Counter, Long> counters() {
        return Map.of();
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        peers.forEach((hoa, peer) -> text.append(hoa).append(" at ").append(peer.active())
                .append(peer.staged().map(moa -> ", soon " + moa).orElse("")).append('\n'));
        new TreeMap<>(proxies.entrySet().stream()
                .collect(Collectors.toMap(it -> it.getKey().toString(), it -> it.getValue().toString())))
                .forEach((plain, proxy) -> text.append(plain).append(" as ").append(proxy).append('\n'));
        return text.toString();
    }
}
