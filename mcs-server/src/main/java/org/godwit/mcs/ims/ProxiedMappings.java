package org.godwit.mcs.ims;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.lisp.Mapping;

/**
 * Where plain correspondents are: at proxy addresses of home gateways. Kept in memory only and for a while only, since the
 * gateway repeats what still holds, and derives the same address again for whoever comes back.
 *
 * <p>Not safe for several threads. Times are of a nanosecond ticker.
 */
final class ProxiedMappings {

    static final int CORRESPONDENTS_MAX = 1 << 17;

    private record Proxied(Mapping mapping, long expiresAt) {

        MobileAddress proxy() {
            return mapping.active().orElseThrow();
        }
    }

    private List<HomeGateway> gateways = List.of();
    private final Map<HomeAddress, Long> nonces = new HashMap<>();
    private final Map<HomeAddress, Proxied> byCorrespondent = new HashMap<>();
    private final Map<MobileAddress, HomeAddress> byProxy = new HashMap<>();

    /** @throws IllegalArgumentException when two gateways have the same prefix; then nothing has changed */
    void replaceGateways(Collection<HomeGateway> admitted) {
        Set<SitePrefix> prefixes = new HashSet<>();
        for (HomeGateway gateway : admitted) {
            if (!prefixes.add(gateway.proxyPrefix())) {
                throw new IllegalArgumentException("two home gateways have the proxy prefix " + gateway.proxyPrefix());
            }
        }
        gateways = List.copyOf(admitted);
    }

    /** Who may register this: the gateway in whose prefix the only locator lies. */
    Optional<HomeGateway> registrar(Mapping wanted) {
        if (wanted.active().isEmpty() || wanted.bindings().size() > 1) {
            return Optional.empty();
        }
        return gateways.stream().filter(it -> it.mayProxy(wanted.hoa(), wanted.active().get())).findFirst();
    }

    /**
     * The highest nonce with which the gateway registered a correspondent, unsigned. After a restart that of its own last
     * registration has to do, which it repeats every minute: what could be played again is as old at most.
     */
    long nonce(HomeAddress gateway) {
        return nonces.getOrDefault(gateway, 0L);
    }

    void raiseNonce(HomeAddress gateway, long nonce) {
        nonces.put(gateway, nonce);
    }

    /**
     * Returns whether the mapping is another one now. Nothing changes when there is no room, or another correspondent has the
     * proxy address.
     */
    boolean put(Mapping mapping, long expiresAt) {
        Proxied before = byCorrespondent.get(mapping.hoa());
        Proxied after = new Proxied(mapping, expiresAt);
        if (before == null && byCorrespondent.size() >= CORRESPONDENTS_MAX
                || !byProxy.getOrDefault(after.proxy(), mapping.hoa()).equals(mapping.hoa())) {
            return false;
        }
        remove(mapping.hoa());
        byCorrespondent.put(mapping.hoa(), after);
        byProxy.put(after.proxy(), mapping.hoa());
        return before == null || !before.mapping().equals(mapping);
    }

    /** Returns whether there was one. */
    boolean remove(HomeAddress correspondent) {
        Proxied removed = byCorrespondent.remove(correspondent);
        return removed != null && byProxy.remove(removed.proxy(), correspondent);
    }

    Optional<Mapping> mapping(HomeAddress correspondent) {
        return Optional.ofNullable(byCorrespondent.get(correspondent)).map(Proxied::mapping);
    }

    Optional<HomeAddress> owner(MobileAddress proxy) {
        return Optional.ofNullable(byProxy.get(proxy));
    }

    /**
     * Ends what was not repeated. Nobody is told: a gateway that cannot reach us may well still serve its correspondents. One
     * that has no more use for them says so.
     */
    void expire(long now) {
        byCorrespondent.values().removeIf(it -> {
            boolean over = now - it.expiresAt() >= 0;
            if (over) {
                byProxy.remove(it.proxy(), it.mapping().hoa());
            }
            return over;
        });
    }
}
