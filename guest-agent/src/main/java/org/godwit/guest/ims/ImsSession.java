package org.godwit.guest.ims;

import inet.ipaddr.ipv6.IPv6Address;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.godwit.model.AddressBinding;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.Eid;
import org.godwit.protocol.lisp.Incoming;
import org.godwit.protocol.lisp.LispDecoder;
import org.godwit.protocol.lisp.LispEncoder;
import org.godwit.protocol.lisp.LispMessage;
import org.godwit.protocol.lisp.LispMessage.MapNotify;
import org.godwit.protocol.lisp.LispMessage.MapNotifyAck;
import org.godwit.protocol.lisp.LispMessage.MapRegister;
import org.godwit.protocol.lisp.LispMessage.MapReply;
import org.godwit.protocol.lisp.LispMessage.MapRequest;
import org.godwit.protocol.lisp.MalformedFrameException;
import org.godwit.protocol.lisp.MapRecord;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;

/**
 * The rules of a mapping server's client, without socket and clock. Not safe for several threads; times are of a nanosecond
 * ticker.
 *
 * <p>What is believed: a Map-Notify that is proven by the own key, everything; a Map-Reply with an expected nonce, only the
 * active MoA, since a staged one would be followed blindly. An older epoch never replaces a newer one.
 */
final class ImsSession {

    /** Beyond this many HoAs mappings are looked up but not watched. */
    static final int WATCHED_MAX = 4096;

    private static final int KEY_ID = 1;
    private static final int REGISTER_TTL_MINUTES = 5;

    /** How far the nonce of a publication may be ahead of the last one, or behind when it is a repetition. */
    private static final long NONCE_WINDOW = 1 << 16;

    private final HomeAddress own;
    private MappingKey key;
    /** The one before: good until the mapping server has used the new one. */
    private Optional<MappingKey> keyBefore = Optional.empty();
    private final GrowingNonces nonces;
    private final Consumer<byte[]> outbox;
    private final Consumer<Mapping> listener;
    private final Map<HomeAddress, Watched> watched = new HashMap<>();
    private final Set<Exchange> exchanges = new LinkedHashSet<>();
    private Optional<IPv6Address> local = Optional.empty();
    private long refused;

    ImsSession(HomeAddress own, MappingKey key, GrowingNonces nonces, Consumer<byte[]> outbox,
            Consumer<Mapping> listener) {
        this.own = own;
        this.key = key;
        this.nonces = nonces;
        this.outbox = outbox;
        this.listener = listener;
    }

    /** From here on messages come from and go to this address: everything that waits is asked again, subscriptions move. */
    void bound(IPv6Address address, long now) {
        local = Optional.of(address);
        Pace pace = new Pace(now);
        watched.values().forEach(it -> it.moved(pace.next()));
        exchanges.forEach(it -> it.sending().beginAgain(now));
        tick(now);
    }

    CompletableFuture<Optional<Mapping>> resolve(HomeAddress hoa, long now) {
        return resolve(hoa, Epoch.NONE, now);
    }

    /** @param atLeast what is known of an older epoch is not good enough: a server that was restarted does not push */
    CompletableFuture<Optional<Mapping>> resolve(HomeAddress hoa, Epoch atLeast, long now) {
        Watched known = watched.get(hoa);
        if (known != null && known.proven && !known.mapping.isEmpty()
                && !known.mapping.epoch().isOlderThan(atLeast)) {
            return CompletableFuture.completedFuture(Optional.of(known.mapping));
        }
        return ask(hoa, now);
    }

    /** As if these had been resolved before: they are asked for anew, again until there is an answer. */
    void watch(Collection<HomeAddress> hoas, long now) {
        Pace pace = new Pace(now);
        hoas.stream().filter(hoa -> !watched.containsKey(hoa)).limit(WATCHED_MAX - watched.size()).forEach(hoa -> {
            Watched it = new Watched(hoa, now);
            it.moved(pace.next());
            watched.put(hoa, it);
        });
        tick(now);
    }

    /** The mapping server does not answer everything that one source asks at once. */
    private static final class Pace {

        private static final int AT_ONCE = 200;
        private static final long INTERVAL = Duration.ofSeconds(1).toNanos() / AT_ONCE;

        private final long begin;
        private int count;

        Pace(long begin) {
            this.begin = begin;
        }

        /** When the next question may be asked. */
        long next() {
            return begin + Math.max(0, ++count - AT_ONCE) * INTERVAL;
        }
    }

    CompletableFuture<Optional<AddressBinding>> resolve(MobileAddress moa, long now) {
        for (Exchange exchange : exchanges) {
            if (exchange instanceof Exchange.Reverse reverse && reverse.moa().equals(moa)) {
                return reverse.answer();
            }
        }
        Exchange.Reverse exchange = new Exchange.Reverse(moa, new CompletableFuture<>(),
                new Exchange.Sending(nonce -> request(nonce, new Eid.Mobile(moa), Optional.empty())));
        begin(exchange, now);
        return exchange.answer();
    }

    /** Completes with whether the mapping server has it so: another one may have written with a newer epoch. */
    CompletableFuture<Boolean> register(MobileAddress active, long now) {
        return register(own, active, REGISTER_TTL_MINUTES, Optional.of(active), now);
    }

    /** As {@link #register}, for a correspondent that a home gateway speaks for. */
    CompletableFuture<Boolean> registerProxied(HomeAddress correspondent, MobileAddress proxy, long now) {
        return register(correspondent, proxy, REGISTER_TTL_MINUTES, Optional.of(proxy), now);
    }

    /** Takes it back. */
    CompletableFuture<Boolean> withdrawProxied(HomeAddress correspondent, MobileAddress proxy, long now) {
        return register(correspondent, proxy, 0, Optional.empty(), now);
    }

    private CompletableFuture<Boolean> register(HomeAddress hoa, MobileAddress moa, int ttlMinutes,
            Optional<MobileAddress> expected, long now) {
        MapRecord.OfHome record = new MapRecord.OfHome(ttlMinutes, Mapping.none(hoa).activate(moa, Epoch.NONE));
        Exchange.Register exchange = new Exchange.Register(hoa, expected, new CompletableFuture<>(),
                new Exchange.Sending(
                        nonce -> LispEncoder.encode(new MapRegister(nonce, KEY_ID, true, record), key)));
        begin(exchange, now);
        return exchange.answer();
    }

    /** Signs with this key from now on, and so shows it to the mapping server; believes the one before until it signs so too. */
    void rekey(MappingKey next) {
        if (!next.equals(key)) {
            keyBefore = Optional.of(key);
            key = next;
        }
    }

    private boolean isProven(Incoming.Signed message) {
        if (message.isProvenBy(key)) {
            keyBefore = Optional.empty();
            return true;
        }
        return keyBefore.filter(message::isProvenBy).isPresent();
    }

    void forget(HomeAddress hoa) {
        watched.remove(hoa);
    }

    /** Asks again what is due, and gives up what was asked often enough. */
    void tick(long now) {
        for (Exchange exchange : List.copyOf(exchanges)) {
            if (exchange.sending().isDue(now)) {
                if (exchange.sending().isExhausted()) {
                    exchanges.remove(exchange);
                    exchange.fail();
                } else {
                    send(exchange, now);
                }
            }
        }
        watched.forEach((hoa, it) -> {
            if (it.isDue(now)) {
                it.refreshing(now);
                ask(hoa, now);
            }
        });
    }

    /** Whether {@link #tick} is needed soon. */
    boolean isWaiting() {
        return !exchanges.isEmpty();
    }

    /** Datagrams that were malformed, unexpected or not proven. */
    long refused() {
        return refused;
    }

    /** Nothing will be answered any more. */
    void close() {
        List.copyOf(exchanges).forEach(Exchange::fail);
        exchanges.clear();
    }

    /** Takes one datagram of the mapping server. Whatever it holds, nothing is thrown for it. */
    void receive(ByteBuffer datagram, long now) {
        boolean expected;
        try {
            expected = switch (LispDecoder.decode(datagram)) {
                case Incoming.Unsigned unsigned -> switch (unsigned.message()) {
                    case MapReply reply -> replied(reply, now);
                    case MapRequest _,LispMessage.EncapsulatedRequest _ -> false;
                };
                case Incoming.Signed signed -> switch (signed.claim()) {
                    case MapNotify notify -> isProven(signed) && notified(notify, now);
                    case MapRegister _,LispMessage.MapNotifyAck _ -> false;
                };
            };
        } catch (MalformedFrameException e) {
            expected = false;
        }
        if (!expected) {
            refused++;
        }
    }

    private CompletableFuture<Optional<Mapping>> ask(HomeAddress hoa, long now) {
        for (Exchange exchange : exchanges) {
            if (exchange instanceof Exchange.Forward forward && forward.hoa().equals(hoa)) {
                return forward.answer();
            }
        }
        Optional<HomeAddress> subscriber = watched.containsKey(hoa) || watched.size() < WATCHED_MAX
                ? Optional.of(own)
                : Optional.empty();
        Exchange.Forward exchange = new Exchange.Forward(hoa, new CompletableFuture<>(),
                new Exchange.Sending(nonce -> request(nonce, new Eid.Home(hoa), subscriber)));
        begin(exchange, now);
        return exchange.answer();
    }

    private void begin(Exchange exchange, long now) {
        exchanges.add(exchange);
        send(exchange, now);
    }

    private void send(Exchange exchange, long now) {
        // Without an address the question waits, and its time runs.
        byte[] frame = exchange.sending().next(nonces.next(), now);
        if (local.isPresent()) {
            outbox.accept(frame);
        }
    }

    private byte[] request(long nonce, Eid eid, Optional<HomeAddress> subscriber) {
        // The same one several times: an answer is never longer than its question.
        List<IPv6Address> rlocs = Collections.nCopies(MapRequest.ITR_RLOCS_FOR_ANY_ANSWER, local.orElse(own.address()));
        return LispEncoder.encode(new MapRequest(nonce, rlocs, eid, subscriber));
    }

    private boolean replied(MapReply reply, long now) {
        Optional<Exchange> question = exchanges.stream().filter(it -> it.sending().sent(reply.nonce())).findFirst();
        return switch (reply.record()) {
            case MapRecord.OfHome home -> question.filter(Exchange.Forward.class::isInstance)
                    .map(Exchange.Forward.class::cast).filter(it -> it.hoa().equals(home.mapping().hoa()))
                    .map(it -> repliedForward(it, home.mapping(), now)).orElse(false);
            case MapRecord.OfMobile mobile -> question.filter(Exchange.Reverse.class::isInstance)
                    .map(Exchange.Reverse.class::cast).filter(it -> it.moa().equals(mobile.moa())).map(it -> {
                        exchanges.remove(it);
                        it.answer().complete(mobile.binding());
                        return true;
                    }).orElse(false);
        };
    }

    /** The mapping server does not take the subscription, or somebody in between wants us to believe so. */
    private boolean repliedForward(Exchange.Forward question, Mapping said, long now) {
        exchanges.remove(question);
        Watched known = watched.get(question.hoa());
        if (known != null && known.proven && !known.mapping.isEmpty()) {
            // What was proven is kept until something proven replaces it.
            question.answer().complete(Optional.of(known.mapping));
            return true;
        }
        Mapping active = new Mapping(question.hoa(), said.active(), Optional.empty(), Optional.empty(), Epoch.NONE);
        if (active.isEmpty()) {
            if (watched.remove(question.hoa()) != null) {
                listener.accept(active);
            }
            question.answer().complete(Optional.empty());
            return true;
        }
        if (known == null && watched.size() < WATCHED_MAX) {
            known = new Watched(question.hoa(), now);
            watched.put(question.hoa(), known);
        }
        if (known != null) {
            learn(known, active);
        }
        question.answer().complete(Optional.of(active));
        return true;
    }

    private boolean notified(MapNotify notify, long now) {
        HomeAddress hoa = notify.record().mapping().hoa();
        for (Exchange exchange : exchanges) {
            if (!exchange.sending().sent(notify.nonce())) {
                continue;
            }
            switch (exchange) {
                case Exchange.Forward forward when forward.hoa().equals(hoa) -> {
                    exchanges.remove(forward);
                    subscribed(forward, notify, now);
                    return true;
                }
                case Exchange.Register register when hoa.equals(register.hoa()) -> {
                    exchanges.remove(register);
                    register.answer().complete(notify.record().mapping().active().equals(register.moa()));
                    return true;
                }
                case Exchange.Forward _,Exchange.Register _,Exchange.Reverse _ -> {
                    return false;
                }
            }
        }
        return reminded(notify) || published(notify);
    }

    /** Of another process of ours, before this one, the mapping server has seen greater nonces: the repetition goes beyond. */
    private boolean reminded(MapNotify notify) {
        boolean registering = exchanges.stream().anyMatch(it -> it instanceof Exchange.Register register
                && register.hoa().equals(notify.record().mapping().hoa()));
        if (registering) {
            nonces.goOnAfter(notify.nonce());
        }
        return registering;
    }

    private void subscribed(Exchange.Forward question, MapNotify notify, long now) {
        Watched it = watched.computeIfAbsent(question.hoa(), hoa -> new Watched(hoa, now));
        it.nonce = notify.nonce();
        it.proven = true;
        acknowledge(notify);
        learn(it, notify.record());
        question.answer().complete(Optional.of(it.mapping).filter(mapping -> !mapping.isEmpty()));
    }

    private boolean published(MapNotify notify) {
        Watched it = watched.get(notify.record().mapping().hoa());
        if (it == null || !it.proven) {
            return false;
        }
        long ahead = notify.nonce() - it.nonce;
        if (ahead > NONCE_WINDOW || ahead < -NONCE_WINDOW) {
            return false;
        }
        // Repetitions are acknowledged too: the first acknowledgement may have been lost.
        acknowledge(notify);
        if (ahead > 0) {
            it.nonce = notify.nonce();
            learn(it, notify.record());
        }
        return true;
    }

    private void learn(Watched it, MapRecord.OfHome said) {
        if (said.ttlMinutes() == 0 || !said.mapping().epoch().isOlderThan(it.mapping.epoch())) {
            learn(it, said.mapping());
        }
    }

    private void learn(Watched it, Mapping mapping) {
        if (!mapping.equals(it.mapping)) {
            it.mapping = mapping;
            listener.accept(mapping);
        }
    }

    private void acknowledge(MapNotify notify) {
        outbox.accept(LispEncoder.encode(new MapNotifyAck(notify.nonce(), notify.keyId(), notify.record()), key));
    }
}
