package org.godwit.guest;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.shim.GatewayPlane;
import org.godwit.shim.ShimEvent;
import org.godwit.shim.ShimEvent.MissOut;
import org.godwit.shim.ShimEvent.PeerFlipped;
import org.godwit.shim.ShimEvent.Stranger;
import org.godwit.shim.ShimEvent.UnknownProxy;
import org.godwit.shim.ShimEvent.UnknownSource;
import org.godwit.shim.ShimException;

/**
 * Speaks for correspondents without MAT: gives each a proxy address, keeps it known at the mapping server, and follows the
 * mobile nodes that they talk to. A correspondent is translated for only once the mapping server has taken it, so that the
 * mobile node, which asks there, is not asked in vain.
 *
 * <p>Not safe for several threads: everything happens on the executor's.
 */
final class HomeGateway {

    /** How often to call {@link #tick}. */
    static final Duration TICK = Duration.ofSeconds(1);

    /** A registration lasts for 5 min: the loss of one is survived. */
    private static final long REGISTRATION_INTERVAL = Duration.ofMinutes(2).toNanos();
    private static final long RETRY_INTERVAL = Duration.ofSeconds(20).toNanos();

    /** How often the kernel is asked who is in use. */
    private static final long SWEEP_INTERVAL = Duration.ofSeconds(10).toNanos();

    /** At a tick: the mapping server has others to answer. Enough for a full table in half the interval. */
    static final int REGISTRATIONS_AT_A_TICK = 300;

    private final GatewayPlane plane;
    private final ProxyAddresses addresses;
    private final Set<HomeAddress> standing;
    private final SitePrefix hoaSpace;
    private final GatewayLimits limits;
    private final Executor own;
    private final LongSupplier nanoTicker;
    private final LineLog log;
    private final Peers mobileNodes;
    private final NewcomerLimit newcomers;
    private final TokenBucket questions;
    private final Map<HomeAddress, Proxied> correspondents = new HashMap<>();
    private GatewayMappings mappings;
    private long sweepAt;
    private long turnedAway;
    private long notAsked;

    /**
     * @param gateway its own HoA
     * @param standing correspondents that have a proxy address from the beginning to the end, whether they speak or not: so
     *        mobile nodes can speak to them first
     * @param own on which everything happens
     * @throws IllegalArgumentException when one of them is a HoA or a proxy address, or there are more than the limit
     */
    HomeGateway(GatewayPlane plane, HomeAddress gateway, ProxyAddresses addresses, SitePrefix hoaSpace,
            Set<HomeAddress> standing, GatewayLimits limits, Executor own, LongSupplier nanoTicker, LineLog log) {
        this.plane = plane;
        this.addresses = addresses;
        this.standing = Set.copyOf(standing);
        this.hoaSpace = hoaSpace;
        this.limits = limits;
        this.own = own;
        this.nanoTicker = nanoTicker;
        this.log = log;
        long now = nanoTicker.getAsLong();
        mobileNodes = new Peers(plane, gateway, log);
        newcomers = new NewcomerLimit(limits.newcomers(), limits.newcomersOfOneLink(), now);
        questions = new TokenBucket(limits.questions(), now);
        sweepAt = now + SWEEP_INTERVAL;
        for (HomeAddress correspondent : standing) {
            if (!isPlain(correspondent)) {
                throw new IllegalArgumentException("the correspondent " + correspondent
                        + " needs no home gateway: it lies in the HoA space or in the proxy prefix");
            }
        }
        if (standing.size() > limits.correspondentsMax()) {
            throw new IllegalArgumentException("there is room for " + limits.correspondentsMax()
                    + " correspondents, " + standing.size() + " are named");
        }
    }

    /** Asks here from now on, and takes over what a former process left in the kernel: that goes on all the while. */
    void begin(GatewayMappings client) {
        mappings = client;
        long now = nanoTicker.getAsLong();
        plane.proxies().known().forEach((correspondent, proxy) -> {
            if (addresses.contains(proxy)) {
                Proxied it = new Proxied(proxy, standing.contains(correspondent), now);
                it.translated = true;
                correspondents.put(correspondent, it);
            } else {
                plane.proxies().remove(correspondent);
            }
        });
        List<HomeAddress> followed = mobileNodes.known();
        mappings.watch(followed);
        if (!correspondents.isEmpty() || !followed.isEmpty()) {
            log.line("adopted", "correspondents", correspondents.size(), "mobile_nodes", followed.size());
        }
        for (HomeAddress correspondent : standing) {
            if (!correspondents.containsKey(correspondent)) {
                correspondents.put(correspondent, new Proxied(addresses.of(correspondent), true, now));
            }
        }
    }

    /** What the kernel tells. */
    void handle(ShimEvent.OfGateway event) {
        switch (event) {
            case MissOut(var hoa) -> ask(() -> mappings.resolve(hoa));
            case UnknownSource(var moa) -> ask(() -> mappings.resolve(moa));
            case PeerFlipped(var hoa, var to) -> mobileNodes.flipped(hoa, to);
            case Stranger(var correspondent) -> meet(correspondent);
            case UnknownProxy(var proxy) -> ask(() -> remember(proxy));
        }
    }

    /** What the mapping server says of a HoA. */
    void learn(Mapping mapping) {
        // A plain correspondent, ours or another gateway's, is nobody's mobile node, even if its proxy address was asked for.
        if (hoaSpace.contains(new MobileAddress(mapping.hoa().address()))) {
            mobileNodes.learn(mapping);
        }
    }

    void tick() {
        long now = nanoTicker.getAsLong();
        int room = REGISTRATIONS_AT_A_TICK;
        for (Map.Entry<HomeAddress, Proxied> entry : List.copyOf(correspondents.entrySet())) {
            Proxied it = entry.getValue();
            if (room > 0 && (it.translated || it.standing) && now - it.registerAt >= 0) {
                room--;
                it.registerAt = now + REGISTRATION_INTERVAL;
                register(entry.getKey(), it);
            }
        }
        if (now - sweepAt >= 0) {
            sweepAt = now + SWEEP_INTERVAL;
            sweep(now);
        }
    }

    private void ask(Runnable question) {
        if (questions.take(nanoTicker.getAsLong())) {
            question.run();
        } else {
            notAsked++;
        }
    }

    private void meet(HomeAddress stranger) {
        if (!isPlain(stranger) || correspondents.containsKey(stranger)) {
            return;
        }
        if (newcomers.admits(stranger, nanoTicker.getAsLong()) && makeRoom()) {
            take(stranger, addresses.of(stranger));
        } else {
            turnedAway++;
        }
    }

    /** What the kernel has forgotten, with the machine perhaps, the mapping server may still know. The key tells whether it is true. */
    private void remember(MobileAddress proxy) {
        mappings.correspondent(proxy).thenAcceptAsync(found -> found.filter(
                it -> isPlain(it) && addresses.of(it).equals(proxy) && !correspondents.containsKey(it) && makeRoom())
                .ifPresent(it -> take(it, proxy)), own);
    }

    private boolean isPlain(HomeAddress correspondent) {
        return !addresses.contains(correspondent)
                && !hoaSpace.contains(new MobileAddress(correspondent.address()));
    }

    /**
     * When the table is full, whoever has not proven to be where it says it is gives way, the longest idle first. If it does
     * exist, it comes back with the same proxy address, and its sessions go on.
     */
    private boolean makeRoom() {
        if (correspondents.size() < limits.correspondentsMax()) {
            return true;
        }
        long now = nanoTicker.getAsLong();
        Optional<HomeAddress> idlest = correspondents.entrySet().stream()
                .filter(it -> it.getValue().translated && !it.getValue().isProven())
                .max(Comparator.comparingLong(it -> now - it.getValue().usedAt())).map(Map.Entry::getKey);
        idlest.ifPresent(this::end);
        return idlest.isPresent();
    }

    private void take(HomeAddress correspondent, MobileAddress proxy) {
        Proxied it = new Proxied(proxy, false, nanoTicker.getAsLong());
        it.registerAt += REGISTRATION_INTERVAL;
        correspondents.put(correspondent, it);
        register(correspondent, it);
    }

    private void register(HomeAddress correspondent, Proxied it) {
        mappings.registerProxied(correspondent, it.proxy).whenCompleteAsync((taken, failure) -> {
            if (correspondents.get(correspondent) != it) {
                return;
            }
            if (failure != null) {
                silent(correspondent, it);
            } else if (taken) {
                registered(correspondent, it);
            } else {
                log.line("correspondent_refused", "address", correspondent, "proxy", it.proxy, "reason",
                        "the mapping server does not take it: the address is enrolled, or the gateway is not admitted with"
                                + " this prefix, or there are too many");
                refused(correspondent, it);
            }
        }, own);
    }

    /** Whoever is translated for stays so: the mobile nodes know the proxy address. */
    private void silent(HomeAddress correspondent, Proxied it) {
        if (it.translated || it.standing) {
            it.registerAt = nanoTicker.getAsLong() + RETRY_INTERVAL;
        } else {
            correspondents.remove(correspondent);
        }
    }

    /** It may be right: the address may be that of a peer by now. Whoever was named to us is tried again all the same. */
    private void refused(HomeAddress correspondent, Proxied it) {
        forget(correspondent, it);
        if (it.standing) {
            it.translated = false;
            correspondents.put(correspondent, it);
        }
    }

    private void registered(HomeAddress correspondent, Proxied it) {
        if (it.translated) {
            return;
        }
        try {
            plane.proxies().put(correspondent, it.proxy);
            it.translated = true;
            log.line("correspondent", "address", correspondent, "proxy", it.proxy, "count", correspondents.size());
        } catch (ShimException e) {
            log.line("correspondent_refused", "address", correspondent, "proxy", it.proxy, "reason", e.getMessage());
            end(correspondent);
        }
    }

    private void sweep(long now) {
        Map.copyOf(correspondents).forEach((correspondent, it) -> {
            if (it.translated) {
                it.used(plane.proxies().takeUse(correspondent), now);
                if (it.isIdle(limits.idleMax(), now)) {
                    end(correspondent);
                }
            }
        });
        if (turnedAway > 0 || notAsked > 0) {
            log.line("beyond_limits", "newcomers", turnedAway, "questions", notAsked);
            turnedAway = 0;
            notAsked = 0;
        }
    }

    private void end(HomeAddress correspondent) {
        Proxied it = correspondents.get(correspondent);
        forget(correspondent, it);
        mappings.withdrawProxied(correspondent, it.proxy);
    }

    private void forget(HomeAddress correspondent, Proxied it) {
        correspondents.remove(correspondent);
        plane.proxies().remove(correspondent);
        log.line("correspondent_forgotten", "address", correspondent, "proxy", it.proxy, "count",
                correspondents.size());
    }
}
