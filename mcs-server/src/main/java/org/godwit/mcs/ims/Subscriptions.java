package org.godwit.mcs.ims;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.godwit.model.HomeAddress;
import org.godwit.protocol.lisp.Incoming;
import org.godwit.protocol.lisp.LispEncoder;
import org.godwit.protocol.lisp.LispMessage.MapNotify;
import org.godwit.protocol.lisp.MapRecord;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is told of changes, and who has not said yet that it heard (RFC 9437).
 *
 * <p>A Map-Request is not authenticated, so a subscription is only offered: it begins, or moves to another address, when its
 * Map-Notify is acknowledged from there with the subscriber's key. What nobody has proven costs one entry of a bounded list.
 *
 * <p>Subscriptions outlive the process, but are saved a little later than they begin ({@link #unsaved}). A restarted server does
 * not know who has heard the last change, and tells everybody.
 *
 * <p>Not safe for several threads. Times are of a nanosecond ticker.
 */
final class Subscriptions {

    /** The profile knows one key id: who has two keys tries both. */
    static final int KEY_ID = 1;

    /**
     * How far a restarted server goes on behind the nonce that was saved: beyond all publications since then, and within what a
     * client takes.
     */
    static final long NONCES_SINCE_SAVED_MAX = 1 << 15;

    private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);

    private static final long SWEEP_INTERVAL = Duration.ofSeconds(1).toNanos();
    private static final int OFFERS_MAX = 4096;
    private static final long OFFER_LIFETIME = Duration.ofSeconds(10).toNanos();

    /** With 20 ms between ticks: 10,000 subscribers a second are told where things stand after a restart. */
    private static final int RESUMED_AT_A_TICK = 200;

    private record OfferKey(InetSocketAddress from, long nonce) {}

    private record Offer(HomeAddress subscriber, Mapping shown, long expiresAt) {}

    /** Somebody waits for the publication of one version. */
    private record Waiter(HomeAddress hoa, long version, Set<HomeAddress> heard, Set<HomeAddress> missing,
            long deadline,
            CompletableFuture<Published> future) {}

    private final PublicationPolicy policy;
    private final MappingTable table;
    private final Outbox outbox;
    private final Executor completions;
    private final ImsCounters counters;
    private final Map<HomeAddress, Map<HomeAddress, Subscription>> byHoa = new HashMap<>();
    private final Map<HomeAddress, Long> versions = new HashMap<>();
    private final Set<Subscription> unacknowledged = new LinkedHashSet<>();
    private final Queue<Subscription> resumed = new ArrayDeque<>();
    private final Map<SavedSubscription.Id, Optional<Subscription>> unsaved = new LinkedHashMap<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private final Map<OfferKey, Offer> offers = new LinkedHashMap<>();
    private long lastVersion;
    private long sweepAt;

    Subscriptions(PublicationPolicy policy, MappingTable table, Outbox outbox, Executor completions,
            ImsCounters counters,
            long now) {
        this.policy = policy;
        this.table = table;
        this.outbox = outbox;
        this.completions = completions;
        this.counters = counters;
        this.sweepAt = now;
    }

    /** A subscription of the process before. @param left how long it is still good */
    void resume(SavedSubscription saved, Duration left, long now) {
        HomeAddress hoa = saved.id().hoa();
        HomeAddress subscriber = saved.id().subscriber();
        if (left.isNegative() || left.isZero() || !table.isEnrolled(hoa) || table.key(subscriber).isEmpty()) {
            unsaved.put(saved.id(), Optional.empty());
            return;
        }
        Subscription subscription = new Subscription(subscriber, hoa);
        subscription.address = saved.address();
        subscription.nonce = saved.nonce() + NONCES_SINCE_SAVED_MAX;
        subscription.expiresAt = now + left.toNanos();
        byHoa.computeIfAbsent(hoa, _ -> new HashMap<>()).put(subscriber, subscription);
        resumed.add(subscription);
    }

    /**
     * Answers a Map-Request that wants to subscribe.
     *
     * @param room how long the answer may be, in bytes
     * @return false when it cannot: an old nonce, too many subscribers, no key to sign with, or no room
     */
    boolean offer(InetSocketAddress from, long nonce, HomeAddress subscriber, Mapping mapping, int room, long now) {
        Map<HomeAddress, Subscription> subscriptions = byHoa.getOrDefault(mapping.hoa(), Map.of());
        Subscription known = subscriptions.get(subscriber);
        Optional<MappingKey> key = table.key(subscriber);
        if (key.isEmpty() || (known == null
                ? subscriptions.size() >= policy.subscriptionsMax()
                : Long.compareUnsigned(nonce, known.nonce) <= 0)) {
            return false;
        }
        byte[] frame = LispEncoder.encode(new MapNotify(nonce, KEY_ID, record(mapping)), key.get());
        if (frame.length > room) {
            return false;
        }
        OfferKey offer = new OfferKey(from, nonce);
        if (offers.size() >= OFFERS_MAX && !offers.containsKey(offer)) {
            offers.remove(offers.keySet().iterator().next());
        }
        offers.put(offer, new Offer(subscriber, mapping, now + OFFER_LIFETIME));
        outbox.send(from, frame);
        return true;
    }

    /** Whether something waits for such an acknowledgement, so that proving it is worth the effort. */
    boolean isExpected(InetSocketAddress from, Incoming.Signed ack) {
        return publication(from, ack).isPresent() || offers.containsKey(new OfferKey(from, ack.claim().nonce()));
    }

    /** What a Map-Notify-Ack acknowledges becomes known. Returns false when nothing waits for it or its key is wrong. */
    boolean acknowledged(InetSocketAddress from, Incoming.Signed ack, long now) {
        Optional<Subscription> published = publication(from, ack);
        if (published.isPresent() && table.isProvenBy(published.get().subscriber, ack)) {
            counters.add(ImsCounter.ACKNOWLEDGED);
            heard(published.get(), published.get().unacknowledged.orElseThrow().version);
            return true;
        }
        OfferKey key = new OfferKey(from, ack.claim().nonce());
        Offer offer = offers.get(key);
        // The same content, too: otherwise an acknowledgement of long ago might serve again.
        if (offer == null || !offer.shown().equals(ack.claim().record().mapping())
                || !table.isProvenBy(offer.subscriber(), ack)) {
            return false;
        }
        offers.remove(key);
        confirm(key, offer, now);
        return true;
    }

    private Optional<Subscription> publication(InetSocketAddress from, Incoming.Signed ack) {
        HomeAddress hoa = ack.claim().record().mapping().hoa();
        long nonce = ack.claim().nonce();
        return byHoa.getOrDefault(hoa, Map.of()).values().stream()
                .filter(it -> it.nonce == nonce && it.unacknowledged.isPresent() && it.address.equals(from))
                .findFirst();
    }

    private void confirm(OfferKey key, Offer offer, long now) {
        HomeAddress hoa = offer.shown().hoa();
        Subscription subscription = byHoa.computeIfAbsent(hoa, _ -> new HashMap<>()).computeIfAbsent(offer.subscriber(),
                subscriber -> new Subscription(subscriber, hoa));
        if (subscription.address != null && Long.compareUnsigned(key.nonce(), subscription.nonce) <= 0) {
            return;
        }
        counters.add(ImsCounter.SUBSCRIPTION_CONFIRMED);
        subscription.address = key.from();
        subscription.nonce = key.nonce();
        subscription.expiresAt = now + Duration.ofMinutes(policy.ttlMinutes()).toNanos();
        unsaved.put(subscription.id(), Optional.of(subscription));
        if (offer.shown().equals(table.mapping(hoa))) {
            heard(subscription, version(hoa));
        } else {
            // It changed between the offer and its acknowledgement.
            subscription.unacknowledged = Optional.empty();
            push(subscription, table.mapping(hoa), now);
        }
    }

    /** Publishes how a HoA's mapping stands. @param changed whether that is news */
    CompletableFuture<Published> publish(HomeAddress hoa, boolean changed, long now) {
        Mapping mapping = table.mapping(hoa);
        if (changed) {
            LOG.info("mapping {}", mapping);
        }
        return publish(mapping, changed, now);
    }

    /** Tells every subscriber that has not heard the newest version. @param changed whether this is a new version */
    CompletableFuture<Published> publish(Mapping mapping, boolean changed, long now) {
        if (changed) {
            versions.put(mapping.hoa(), ++lastVersion);
        }
        Set<HomeAddress> heard = new HashSet<>();
        Set<HomeAddress> missing = new HashSet<>();
        for (Subscription subscription : byHoa.getOrDefault(mapping.hoa(), Map.of()).values()) {
            if (subscription.acknowledgedVersion >= version(mapping.hoa())) {
                heard.add(subscription.subscriber);
            } else {
                missing.add(subscription.subscriber);
                push(subscription, mapping, now);
            }
        }
        Waiter waiter = new Waiter(mapping.hoa(), version(mapping.hoa()), heard, missing,
                now + policy.deadline().toNanos(), new CompletableFuture<>());
        waiters.add(waiter);
        completeIf(waiter, missing.isEmpty());
        return waiter.future();
    }

    /** In a fixed order. */
    List<HomeAddress> subscribers(HomeAddress hoa) {
        return byHoa.getOrDefault(hoa, Map.of()).keySet().stream()
                .sorted(Comparator.comparing(HomeAddress::address)).toList();
    }

    /** Ends what a HoA subscribed to. */
    void drop(HomeAddress subscriber) {
        byHoa.values()
                .forEach(subscriptions -> Optional.ofNullable(subscriptions.remove(subscriber)).ifPresent(this::end));
        offers.values().removeIf(offer -> offer.subscriber().equals(subscriber));
    }

    /** Sends again what is due, and ends what is over. */
    void tick(long now) {
        for (Subscription subscription : List.copyOf(unacknowledged)) {
            retransmit(subscription, subscription.unacknowledged.orElseThrow(), now);
        }
        for (int i = 0; i < RESUMED_AT_A_TICK && !resumed.isEmpty(); i++) {
            catchUp(resumed.remove(), now);
        }
        List.copyOf(waiters).forEach(waiter -> completeIf(waiter, now - waiter.deadline() >= 0));
        if (now - sweepAt >= 0) {
            sweepAt = now + SWEEP_INTERVAL;
            sweep(now);
        }
    }

    /** What has begun, been refreshed or (empty) ended since this was asked last. */
    Map<SavedSubscription.Id, Optional<Subscription>> unsaved() {
        Map<SavedSubscription.Id, Optional<Subscription>> all = new LinkedHashMap<>(unsaved);
        unsaved.clear();
        return all;
    }

    /** Nothing will be acknowledged any more. */
    void close() {
        List.copyOf(waiters).forEach(waiter -> completeIf(waiter, true));
    }

    private void catchUp(Subscription subscription, long now) {
        boolean current = byHoa.getOrDefault(subscription.hoa, Map.of()).get(subscription.subscriber) == subscription;
        if (current && subscription.acknowledgedVersion < version(subscription.hoa)) {
            push(subscription, table.mapping(subscription.hoa), now);
        }
    }

    private void sweep(long now) {
        offers.values().removeIf(offer -> now - offer.expiresAt() >= 0);
        byHoa.values().forEach(subscriptions -> subscriptions.values().removeIf(it -> {
            boolean expired = now - it.expiresAt >= 0;
            if (expired) {
                end(it);
            }
            return expired;
        }));
        byHoa.values().removeIf(Map::isEmpty);
        versions.keySet().retainAll(byHoa.keySet());
    }

    private void end(Subscription subscription) {
        unacknowledged.remove(subscription);
        unsaved.put(subscription.id(), Optional.empty());
    }

    private void retransmit(Subscription subscription, Subscription.Unacknowledged message, long now) {
        if (now - message.nextAt < 0) {
            return;
        }
        if (message.attempts >= policy.attempts()) {
            // The subscription stays: the peer may be away for a while, and the next change is tried again.
            subscription.unacknowledged = Optional.empty();
            unacknowledged.remove(subscription);
            return;
        }
        message.nextAt = now + (policy.retransmitFirst().toNanos() << message.attempts);
        message.attempts++;
        counters.add(ImsCounter.RETRANSMITTED);
        send(subscription, message.mapping);
    }

    private void push(Subscription subscription, Mapping mapping, long now) {
        long version = version(subscription.hoa);
        if (subscription.unacknowledged.filter(message -> message.version == version).isPresent()) {
            return;
        }
        subscription.nonce++;
        subscription.unacknowledged = Optional
                .of(new Subscription.Unacknowledged(version, mapping, now + policy.retransmitFirst().toNanos()));
        unacknowledged.add(subscription);
        counters.add(ImsCounter.PUBLISHED);
        send(subscription, mapping);
    }

    /** Signed each time: the subscriber's key may have become another one. */
    private void send(Subscription subscription, Mapping mapping) {
        table.key(subscription.subscriber).ifPresent(key -> outbox.send(subscription.address,
                LispEncoder.encode(new MapNotify(subscription.nonce, KEY_ID, record(mapping)), key)));
    }

    private void heard(Subscription subscription, long version) {
        subscription.acknowledgedVersion = Math.max(subscription.acknowledgedVersion, version);
        subscription.unacknowledged = Optional.empty();
        unacknowledged.remove(subscription);
        for (Waiter waiter : List.copyOf(waiters)) {
            if (waiter.hoa().equals(subscription.hoa) && waiter.version() <= subscription.acknowledgedVersion
                    && waiter.missing().remove(subscription.subscriber)) {
                waiter.heard().add(subscription.subscriber);
                completeIf(waiter, waiter.missing().isEmpty());
            }
        }
    }

    private void completeIf(Waiter waiter, boolean over) {
        if (over && waiters.remove(waiter)) {
            Published published = new Published(waiter.heard(), waiter.missing());
            waiter.future().completeAsync(() -> published, completions);
        }
    }

    private long version(HomeAddress hoa) {
        return versions.getOrDefault(hoa, 0L);
    }

    /** A TTL of zero tells a subscriber to drop what it has. */
    private MapRecord.OfHome record(Mapping mapping) {
        return new MapRecord.OfHome(mapping.equals(Mapping.none(mapping.hoa())) ? 0 : policy.ttlMinutes(), mapping);
    }
}
