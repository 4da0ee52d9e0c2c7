package org.godwit.mcs.ims;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.godwit.model.HomeAddress;
import org.godwit.protocol.lisp.Incoming;
import org.godwit.protocol.lisp.LispEncoder;
import org.godwit.protocol.lisp.LispMessage.MapNotify;
import org.godwit.protocol.lisp.MapRecord;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;

/**
 * Who is told of changes, and who has not said yet that it heard (RFC 9437).
 *
 * <p>A Map-Request is not authenticated, so a subscription is only offered: it begins, or moves to another address, when its
 * Map-Notify is acknowledged from there with the subscriber's key. What nobody has proven costs one entry of a bounded list.
 *
 * <p>Not safe for several threads. Times are of a nanosecond ticker.
 */
final class Subscriptions {

    /** The profile knows one key for each HoA. */
    static final int KEY_ID = 1;

    private static final long SWEEP_INTERVAL = Duration.ofSeconds(1).toNanos();
    private static final int OFFERS_MAX = 4096;
    private static final long OFFER_LIFETIME = Duration.ofSeconds(10).toNanos();

    private record OfferKey(InetSocketAddress from, long nonce) {}

    private record Offer(HomeAddress subscriber, Mapping shown, long expiresAt) {}

    /** Somebody waits for the publication of one version. */
    private record Waiter(HomeAddress hoa, long version, Set<HomeAddress> heard, Set<HomeAddress> missing,
            long deadline,
            CompletableFuture<Published> future) {}

    private final PublicationPolicy policy;
    private final Outbox outbox;
    private final Executor completions;
    private final ImsCounters counters;
    private final Map<HomeAddress, Map<HomeAddress, Subscription>> byHoa = new HashMap<>();
    private final Map<HomeAddress, Long> versions = new HashMap<>();
    private final Set<Subscription> unacknowledged = new LinkedHashSet<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private final Map<OfferKey, Offer> offers = new LinkedHashMap<>();
    private long lastVersion;
    private long sweepAt;

    Subscriptions(PublicationPolicy policy, Outbox outbox, Executor completions, ImsCounters counters,
            long now) {
        this.policy = policy;
        this.outbox = outbox;
        this.completions = completions;
        this.counters = counters;
        this.sweepAt = now;
    }

    /**
     * Answers a Map-Request that wants to subscribe.
     *
     * @return false when it cannot: an old nonce, or too many subscribers
     */
    boolean offer(InetSocketAddress from, long nonce, Enrolment subscriber, Mapping mapping, long now) {
        Map<HomeAddress, Subscription> subscriptions = byHoa.getOrDefault(mapping.hoa(), Map.of());
        Subscription known = subscriptions.get(subscriber.hoa());
        if (known == null
                ? subscriptions.size() >= policy.subscriptionsMax()
                : Long.compareUnsigned(nonce, known.nonce) <= 0) {
            return false;
        }
        OfferKey key = new OfferKey(from, nonce);
        if (offers.size() >= OFFERS_MAX && !offers.containsKey(key)) {
            offers.remove(offers.keySet().iterator().next());
        }
        offers.put(key, new Offer(subscriber.hoa(), mapping, now + OFFER_LIFETIME));
        outbox.send(from, LispEncoder.encode(new MapNotify(nonce, KEY_ID, record(mapping)), subscriber.key()));
        return true;
    }

    /** What a Map-Notify-Ack acknowledges becomes known. Returns false when nothing waits for it or its key is wrong. */
    boolean acknowledged(InetSocketAddress from, Incoming.Signed ack, MappingTable table, long now) {
        HomeAddress hoa = ack.claim().record().mapping().hoa();
        Predicate<HomeAddress> proves = subscriber -> table.enrolment(subscriber).map(Enrolment::key)
                .filter(ack::isProvenBy).isPresent();
        Optional<Subscription> published = byHoa.getOrDefault(hoa, Map.of()).values().stream()
                .filter(it -> it.unacknowledged.isPresent() && it.nonce == ack.claim().nonce()
                        && it.address.equals(from) && proves.test(it.subscriber))
                .findFirst();
        if (published.isPresent()) {
            counters.add(ImsCounter.ACKNOWLEDGED);
            heard(published.get(), published.get().unacknowledged.get().version);
            return true;
        }
        OfferKey key = new OfferKey(from, ack.claim().nonce());
        Offer offer = offers.get(key);
        // The same content, too: otherwise an acknowledgement of long ago might serve again.
        if (offer == null || !offer.shown().equals(ack.claim().record().mapping())
                || !proves.test(offer.subscriber())) {
            return false;
        }
        offers.remove(key);
        confirm(key, offer, table, now);
        return true;
    }

    private void confirm(OfferKey key, Offer offer, MappingTable table, long now) {
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
        if (offer.shown().equals(table.mapping(hoa))) {
            heard(subscription, version(hoa));
        } else {
            // It changed between the offer and its acknowledgement.
            subscription.unacknowledged = Optional.empty();
            table.enrolment(offer.subscriber())
                    .ifPresent(enrolment -> push(subscription, table.mapping(hoa), enrolment.key(), now));
        }
    }

    /** Tells every subscriber that has not heard the newest version. @param changed whether this is a new version */
    CompletableFuture<Published> publish(Mapping mapping, boolean changed, MappingTable table, long now) {
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
                table.enrolment(subscription.subscriber)
                        .ifPresent(enrolment -> push(subscription, mapping, enrolment.key(), now));
            }
        }
        Waiter waiter = new Waiter(mapping.hoa(), version(mapping.hoa()), heard, missing,
                now + policy.deadline().toNanos(), new CompletableFuture<>());
        waiters.add(waiter);
        completeIf(waiter, missing.isEmpty());
        return waiter.future();
    }

    /** Ends what a HoA subscribed to. */
    void drop(HomeAddress subscriber) {
        byHoa.values().forEach(subscriptions -> {
            Subscription dropped = subscriptions.remove(subscriber);
            unacknowledged.remove(dropped);
        });
        offers.values().removeIf(offer -> offer.subscriber().equals(subscriber));
    }

    /** Sends again what is due, and ends what is over. */
    void tick(long now) {
        for (Subscription subscription : List.copyOf(unacknowledged)) {
            retransmit(subscription, subscription.unacknowledged.orElseThrow(), now);
        }
        List.copyOf(waiters).forEach(waiter -> completeIf(waiter, now - waiter.deadline() >= 0));
        if (now - sweepAt >= 0) {
            sweepAt = now + SWEEP_INTERVAL;
            sweep(now);
        }
    }

    /** Nothing will be acknowledged any more. */
    void close() {
        List.copyOf(waiters).forEach(waiter -> completeIf(waiter, true));
    }

    private void sweep(long now) {
        offers.values().removeIf(offer -> now - offer.expiresAt() >= 0);
        byHoa.values().forEach(subscriptions -> subscriptions.values().removeIf(it -> {
            boolean expired = now - it.expiresAt >= 0;
            if (expired) {
                unacknowledged.remove(it);
            }
            return expired;
        }));
        byHoa.values().removeIf(Map::isEmpty);
        versions.keySet().retainAll(byHoa.keySet());
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
        outbox.send(subscription.address, message.frame);
    }

    private void push(Subscription subscription, Mapping mapping, MappingKey key, long now) {
        long version = version(subscription.hoa);
        if (subscription.unacknowledged.filter(message -> message.version == version).isPresent()) {
            return;
        }
        subscription.nonce++;
        byte[] frame = LispEncoder.encode(new MapNotify(subscription.nonce, KEY_ID, record(mapping)), key);
        subscription.unacknowledged = Optional
                .of(new Subscription.Unacknowledged(version, frame, now + policy.retransmitFirst().toNanos()));
        unacknowledged.add(subscription);
        counters.add(ImsCounter.PUBLISHED);
        outbox.send(subscription.address, frame);
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
