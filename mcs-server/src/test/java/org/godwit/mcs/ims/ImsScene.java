package org.godwit.mcs.ims;

import static org.assertj.core.api.Assertions.assertThat;

import inet.ipaddr.ipv6.IPv6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
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
import org.godwit.protocol.lisp.LispMessage.MapRequest;
import org.godwit.protocol.lisp.MalformedFrameException;
import org.godwit.protocol.lisp.MapRecord;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;

/** A mapping server without a network, a clock that stands still unless told, and what the server has sent. */
final class ImsScene {

    static final HomeAddress VM = HomeAddress.of("2001:db8:face::1");
    static final HomeAddress PEER = HomeAddress.of("2001:db8:face::2");
    static final HomeAddress STRANGER = HomeAddress.of("2001:db8:face::99");
    static final MobileAddress MOA_A = MobileAddress.of("2001:db8:a::100");
    static final MobileAddress MOA_B = MobileAddress.of("2001:db8:b::100");
    static final MobileAddress MOA_C = MobileAddress.of("2001:db8:c::100");
    static final MappingKey VM_KEY = MappingKey.of("the key of the virtual machine".getBytes());
    static final MappingKey PEER_KEY = MappingKey.of("the key of the correspondent".getBytes());
    static final InetSocketAddress PEER_AT = at(MOA_C);

    record Sent(InetSocketAddress to, byte[] frame) {

        LispMessage message() {
            return switch (incoming()) {
                case Incoming.Unsigned unsigned -> unsigned.message();
                case Incoming.Signed signed -> signed.claim();
            };
        }

        Incoming incoming() {
            try {
                return LispDecoder.decode(ByteBuffer.wrap(frame));
            } catch (MalformedFrameException e) {
                throw new AssertionError(e);
            }
        }
    }

    final MemoryMappingStore store = new MemoryMappingStore();
    final Deque<Sent> sent = new ArrayDeque<>();

    /** Near the overflow, as System.nanoTime may be. */
    private static final long STARTED = Long.MAX_VALUE - 1_000;
    private static final Instant START = Instant.parse("2026-11-21T09:00:00Z");

    long now = STARTED;
    MappingServer server;
    private final ImsPolicy policy;

    ImsScene() {
        this(ImsPolicy.DEFAULT);
    }

    ImsScene(ImsPolicy policy) {
        this.policy = policy;
        restart();
        server.enrol(VM, VM_KEY);
        server.enrol(PEER, PEER_KEY);
    }

    /** The process ends and begins anew; the store stays. */
    void restart() {
        server = new MappingServer(store, policy, (to, frame) -> sent.add(new Sent(to, frame)), Runnable::run,
                () -> START.plusNanos(now - STARTED), 4342, now);
    }

    void pass(Duration time) {
        now += time.toNanos();
        server.tick(now);
    }

    void receive(InetSocketAddress from, byte[] frame) {
        server.receive(from, ByteBuffer.wrap(frame), now);
    }

    void request(InetSocketAddress from, long nonce, Eid eid, Optional<HomeAddress> subscriber) {
        receive(from, LispEncoder.encode(
                new MapRequest(nonce, Collections.nCopies(MapRequest.ITR_RLOCS_FOR_ANY_ANSWER, rloc(from)), eid,
                        subscriber)));
    }

    static IPv6Address rloc(InetSocketAddress at) {
        return new IPv6Address(at.getAddress().getAddress());
    }

    /** What the socket around the server does from time to time. */
    void save() {
        List<SavedSubscription> kept = new ArrayList<>();
        List<SavedSubscription.Id> ended = new ArrayList<>();
        server.unsavedSubscriptions(kept, ended, now);
        store.saveSubscriptions(kept, ended);
    }

    void acknowledge(InetSocketAddress from, MapNotify notify, MappingKey key) {
        receive(from, LispEncoder.encode(new MapNotifyAck(notify.nonce(), notify.keyId(), notify.record()), key));
    }

    void subscribePeer(InetSocketAddress from, long nonce) {
        request(from, nonce, new Eid.Home(VM), Optional.of(PEER));
        acknowledge(from, next(MapNotify.class), PEER_KEY);
    }

    byte[] register(long nonce, MobileAddress moa, MappingKey key) {
        return LispEncoder.encode(new MapRegister(nonce, Subscriptions.KEY_ID, true,
                new MapRecord.OfHome(5, Mapping.none(PEER).activate(moa, Epoch.NONE))), key);
    }

    /** The oldest message that the server has sent and the test has not looked at. */
    <T extends LispMessage> T next(Class<T> type) {
        assertThat(sent).as("nothing was sent").isNotEmpty();
        LispMessage message = sent.remove().message();
        assertThat(message).isInstanceOf(type);
        return type.cast(message);
    }

    long count(ImsCounter counter) {
        return server.counters().get(counter);
    }

    static InetSocketAddress at(MobileAddress moa) {
        return at(moa.toString(), 40000);
    }

    static InetSocketAddress at(String address, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(address), port);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
