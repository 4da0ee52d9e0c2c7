package org.godwit.mcs.ims;

import inet.ipaddr.ipv6.IPv6Address;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.godwit.model.AddressBinding;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.Eid;
import org.godwit.protocol.lisp.Incoming;
import org.godwit.protocol.lisp.LispDecoder;
import org.godwit.protocol.lisp.LispMessage;
import org.godwit.protocol.lisp.LispMessage.MapNotify;
import org.godwit.protocol.lisp.LispMessage.MapRegister;
import org.godwit.protocol.lisp.LispMessage.MapReply;
import org.godwit.protocol.lisp.LispMessage.MapRequest;
import org.godwit.protocol.lisp.MalformedFrameException;
import org.godwit.protocol.lisp.MapRecord;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rules of the mapping server: a Map-Server and Map-Resolver in one (RFC 9301, section 8), without socket and clock.
 *
 * <p>Not safe for several threads. {@code now} is of a nanosecond ticker; writes are explained in {@link AddressMappings}.
 */
final class MappingServer {

    /** RFC 9301, section 8.3: minutes for which "none of ours" and "ours, but nowhere now" may be kept. */
    private static final int TTL_UNKNOWN_MINUTES = 15;
    private static final int TTL_UNBOUND_MINUTES = 1;

    /** Each tick looks at so small a part of the registrations, with 20 ms between ticks: at all in five seconds. */
    private static final int EXPIRY_TICKS = 250;

    private static final long EXPIRY_INTERVAL = Duration.ofSeconds(5).toNanos();

    private static final Logger LOG = LoggerFactory.getLogger(MappingServer.class);

    private final ImsPolicy policy;
    private final InstantSource clock;
    private final Outbox outbox;
    private final ImsCounters counters = new ImsCounters();
    private final MappingTable table;
    private final Subscriptions subscriptions;
    private final SourceLimiter questions;
    private final SourceLimiter failures;
    private final Registrations registrations;
    private long expiryAt;

    /**
     * @param completions runs what waits for publications
     * @param secret random: hides which sources share a limit
     */
    MappingServer(MappingStore store, ImsPolicy policy, Outbox outbox, Executor completions, InstantSource clock,
            long secret, long now) {
        this.policy = policy;
        this.clock = clock;
        this.outbox = outbox;
        this.table = new MappingTable(store);
        this.subscriptions = new Subscriptions(policy.publication(), table, outbox, completions, counters, now);
        this.questions = new SourceLimiter(policy.questions(), secret, now);
        this.failures = new SourceLimiter(policy.failures(), ~secret, now);
        this.registrations = new Registrations(policy, table, subscriptions, outbox, counters, failures,
                new SourceLimiter(Registrations.REMINDERS, Long.reverse(secret), now));
        this.expiryAt = now;
        Instant instant = clock.instant();
        store.readSubscriptions(
                saved -> subscriptions.resume(saved, Duration.between(instant, saved.expiresAt()), now));
        // Who registers still gets a whole period to do so.
        table.expectRefreshes(MappingTable.time(now + minutes(policy.publication().ttlMinutes())));
    }

    void enrol(HomeAddress hoa, MappingKey key) {
        table.enrol(hoa, key);
    }

    void rotate(HomeAddress hoa, MappingKey next) {
        table.rotate(hoa, next, clock.instant().plus(policy.keyOverlap()));
    }

    void settle(HomeAddress hoa) {
        table.settle(hoa);
    }

    void revoke(HomeAddress hoa) {
        table.revoke(hoa);
        subscriptions.drop(hoa);
    }

    void replaceGateways(Collection<HomeGateway> gateways) {
        table.replaceGateways(gateways);
    }

    CompletableFuture<Published> write(Write write, long now) {
        return written(write.hoa(), write.applyTo(table), now);
    }

    CompletableFuture<Published> stage(HomeAddress hoa, MobileAddress moa, Epoch epoch, long now) {
        return write(Write.stage(hoa, moa, epoch), now);
    }

    CompletableFuture<Published> activate(HomeAddress hoa, MobileAddress moa, Epoch epoch, long now) {
        return write(Write.activate(hoa, moa, epoch), now);
    }

    CompletableFuture<Published> reinstate(HomeAddress hoa, MobileAddress moa, Epoch epoch, long now) {
        return write(Write.reinstate(hoa, moa, epoch), now);
    }

    CompletableFuture<Published> unstage(HomeAddress hoa, Epoch epoch, long now) {
        return write(Write.unstage(hoa, epoch), now);
    }

    /** What the control server says of who is enrolled: it is right. */
    void adopt(Collection<Enrolment> enrolments, long now) {
        enrolments.stream().filter(table::isBorn).map(Enrolment::hoa).filter(table::isEnrolled)
                .forEach(hoa -> forget(hoa, now));
        table.adopt(enrolments).stream().filter(it -> it.key().isEmpty()).forEach(it -> subscriptions.drop(it.hoa()));
    }

    void restore(ImsAdmin.Restoration restoration, long now) {
        if (table.restore(restoration)) {
            written(restoration.mapping().hoa(), true, now);
        }
    }

    MappingTable table() {
        return table;
    }

    CompletableFuture<Published> forget(HomeAddress hoa, long now) {
        boolean known = table.forget(hoa);
        subscriptions.drop(hoa);
        return subscriptions.publish(Mapping.none(hoa), known, now);
    }

    Optional<Mapping> lookup(HomeAddress hoa) {
        return Optional.of(table.mapping(hoa)).filter(mapping -> !mapping.isEmpty());
    }

    List<MobileAddress> peersOf(HomeAddress hoa) {
        return subscriptions.subscribers(hoa).stream().flatMap(peer -> table.mapping(peer).active().stream()).toList();
    }

    Optional<AddressBinding> lookup(MobileAddress moa) {
        return table.binding(moa);
    }

    ImsCounters counters() {
        return counters;
    }

    /** Sends again what is due, and ends what is over. To be called every few dozen milliseconds. */
    void tick(long now) {
        subscriptions.tick(now);
        expire(now);
        if (now - expiryAt >= 0) {
            expiryAt = now + EXPIRY_INTERVAL;
            table.settleOverdue(clock.instant());
            table.proxied().expire(now);
        }
    }

    /** What is to be saved of the subscriptions; each is told once. */
    void unsavedSubscriptions(Collection<SavedSubscription> kept, Collection<SavedSubscription.Id> ended, long now) {
        Instant instant = clock.instant();
        subscriptions.unsaved().forEach((id, subscription) -> subscription.ifPresentOrElse(
                it -> kept.add(new SavedSubscription(id, it.address, it.nonce, instant.plusNanos(it.expiresAt - now))),
                () -> ended.add(id)));
    }

    /** What waits for publications is told that nobody else was heard. */
    void close() {
        subscriptions.close();
    }

    /** Takes one datagram. Whatever it holds, nothing is thrown for it. */
    void receive(InetSocketAddress from, ByteBuffer datagram, long now) {
        int length = datagram.remaining();
        // Before anything is read: a flood costs a look at its source.
        if (LispDecoder.isSigned(datagram) && !isAdmitted(from, now)) {
            return;
        }
        try {
            switch (LispDecoder.decode(datagram)) {
                case Incoming.Unsigned unsigned -> {
                    switch (unsigned.message()) {
                        case MapRequest request -> request(from, request, length, now);
                        case LispMessage.EncapsulatedRequest it -> request(
                                new InetSocketAddress(from.getAddress(), it.sourcePort()), it.request(), length, now);
                        case MapReply _ -> malformed(from, "a Map-Reply is nothing for a mapping server");
                    }
                }
                case Incoming.Signed signed -> {
                    switch (signed.claim()) {
                        case MapRegister register -> registrations.receive(from, signed, register, now);
                        case MapNotify _ -> malformed(from, "a Map-Notify is nothing for a mapping server");
                        case LispMessage.MapNotifyAck _ -> acknowledgement(from, signed, now);
                    }
                }
            }
        } catch (MalformedFrameException e) {
            malformed(from, e.getMessage());
        }
    }

    private void malformed(InetSocketAddress from, String why) {
        counters.add(ImsCounter.MALFORMED);
        LOG.debug("dropped a datagram from {}: {}", from, why);
    }

    /** Whoever else has written it, an owner's registration it is not any more. */
    private CompletableFuture<Published> written(HomeAddress hoa, boolean changed, long now) {
        table.expectNoRefresh(hoa);
        return subscriptions.publish(hoa, changed, now);
    }

    private void expire(long now) {
        for (HomeAddress hoa : table.overdue(MappingTable.time(now), EXPIRY_TICKS)) {
            counters.add(ImsCounter.EXPIRED);
            LOG.info("mapping hoa={} was not registered again in time", hoa);
            Epoch epoch = table.mapping(hoa).epoch();
            written(hoa, table.change(hoa, epoch, _ -> Registrations.nowhere(hoa, epoch)), now);
        }
    }

    private static long minutes(int count) {
        return Duration.ofMinutes(count).toNanos();
    }

    // ---- questions ----

    private void request(InetSocketAddress to, MapRequest request, int room, long now) {
        if (!questions.admits(to.getAddress(), now)) {
            counters.add(ImsCounter.QUESTION_BEYOND_RATE);
            return;
        }
        if (!isAtOwnRloc(to, request)) {
            // The answer to a forged source would hit somebody else.
            counters.add(ImsCounter.FOREIGN_RLOC);
            return;
        }
        boolean offered = request.eid() instanceof Eid.Home(HomeAddress hoa) && table.serves(hoa)
                && request.subscriber().filter(
                        subscriber -> subscriptions.offer(to, request.nonce(), subscriber, table.mapping(hoa), room,
                                now))
                        .isPresent();
        if (offered) {
            counters.add(ImsCounter.SUBSCRIPTION_OFFERED);
            return;
        }
        Optional<byte[]> reply = Replies.shorterThan(room, new MapReply(request.nonce(), answer(request.eid())));
        counters.add(reply.isPresent() ? ImsCounter.REPLIED : ImsCounter.QUESTION_TOO_SHORT);
        reply.ifPresent(frame -> outbox.send(to, frame));
    }

    private static boolean isAtOwnRloc(InetSocketAddress from, MapRequest request) {
        return from.getAddress() instanceof Inet6Address address
                && request.itrRlocs().contains(new IPv6Address(address.getAddress()));
    }

    private MapRecord answer(Eid eid) {
        return switch (eid) {
            case Eid.Home(HomeAddress hoa) -> {
                Mapping mapping = table.mapping(hoa);
                int negativeTtl = table.isEnrolled(hoa) ? TTL_UNBOUND_MINUTES : TTL_UNKNOWN_MINUTES;
                yield mapping.isEmpty()
                        ? new MapRecord.OfHome(negativeTtl, Mapping.none(hoa))
                        : new MapRecord.OfHome(policy.publication().ttlMinutes(), mapping);
            }
            case Eid.Mobile(MobileAddress moa) -> {
                Optional<AddressBinding> binding = table.binding(moa);
                yield new MapRecord.OfMobile(
                        binding.isPresent() ? policy.publication().ttlMinutes() : TTL_UNBOUND_MINUTES, moa, binding);
            }
        };
    }

    // ---- signed messages: what is cheap to refuse is refused before anything is computed ----

    private void acknowledgement(InetSocketAddress from, Incoming.Signed signed, long now) {
        if (!subscriptions.isExpected(from, signed)) {
            counters.add(ImsCounter.ACK_UNEXPECTED);
        } else if (!subscriptions.acknowledged(from, signed, now)) {
            failures.count(from.getAddress(), now);
            counters.add(ImsCounter.ACK_UNEXPECTED);
        }
    }

    private boolean isAdmitted(InetSocketAddress from, long now) {
        boolean admitted = !failures.isExceededBy(from.getAddress(), now);
        if (!admitted) {
            counters.add(ImsCounter.SIGNED_BEYOND_RATE);
        }
        return admitted;
    }
}
