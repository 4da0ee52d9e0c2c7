package org.godwit.mcs.ims;

import inet.ipaddr.ipv6.IPv6Address;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
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

    private static final Logger LOG = LoggerFactory.getLogger(MappingServer.class);

    private final PublicationPolicy policy;
    private final Outbox outbox;
    private final ImsCounters counters = new ImsCounters();
    private final MappingTable table;
    private final Subscriptions subscriptions;

    /** @param completions runs what waits for publications */
    MappingServer(MappingStore store, PublicationPolicy policy, Outbox outbox, Executor completions,
            long now) {
        this.policy = policy;
        this.outbox = outbox;
        this.table = new MappingTable(store);
        this.subscriptions = new Subscriptions(policy, outbox, completions, counters, now);
    }

    void enrol(HomeAddress hoa, MappingKey key) {
        table.enrol(hoa, key);
    }

    CompletableFuture<Published> stage(HomeAddress hoa, MobileAddress moa, Epoch epoch, long now) {
        return write(hoa, epoch, now, mapping -> {
            if (mapping.active().filter(moa::equals).isPresent()) {
                throw new MappingRefusedException(new MappingRefusal.AlreadyActive(hoa, moa));
            }
            return mapping.stage(moa, epoch);
        });
    }

    CompletableFuture<Published> activate(HomeAddress hoa, MobileAddress moa, Epoch epoch, long now) {
        return write(hoa, epoch, now, mapping -> mapping.activate(moa, epoch));
    }

    CompletableFuture<Published> unstage(HomeAddress hoa, Epoch epoch, long now) {
        return write(hoa, epoch, now, mapping -> mapping.unstage(epoch));
    }

    CompletableFuture<Published> forget(HomeAddress hoa, long now) {
        boolean known = table.forget(hoa);
        subscriptions.drop(hoa);
        return subscriptions.publish(Mapping.none(hoa), known, table, now);
    }

    Optional<Mapping> lookup(HomeAddress hoa) {
        return Optional.of(table.mapping(hoa)).filter(mapping -> !mapping.isEmpty());
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
    }

    /** What waits for publications is told that nobody else was heard. */
    void close() {
        subscriptions.close();
    }

    /** Takes one datagram. Whatever it holds, nothing is thrown for it. */
    void receive(InetSocketAddress from, ByteBuffer datagram, long now) {
        try {
            switch (LispDecoder.decode(datagram)) {
                case Incoming.Unsigned unsigned -> {
                    switch (unsigned.message()) {
                        case MapRequest request -> request(from, request, now);
                        case MapReply _ -> malformed(from, "a Map-Reply is nothing for a mapping server");
                    }
                }
                case Incoming.Signed signed -> {
                    switch (signed.claim()) {
                        case MapRegister register -> register(from, signed, register, now);
                        case MapNotify _ -> malformed(from, "a Map-Notify is nothing for a mapping server");
                        case LispMessage.MapNotifyAck _ -> {
                            if (!subscriptions.acknowledged(from, signed, table, now)) {
                                counters.add(ImsCounter.ACK_UNEXPECTED);
                            }
                        }
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

    private CompletableFuture<Published> write(HomeAddress hoa, Epoch epoch, long now, UnaryOperator<Mapping> change) {
        boolean changed = table.change(hoa, epoch, change);
        Mapping mapping = table.mapping(hoa);
        if (changed) {
            LOG.info("mapping {}", mapping);
        }
        return subscriptions.publish(mapping, changed, table, now);
    }

    private void request(InetSocketAddress from, MapRequest request, long now) {
        if (!isAtOwnRloc(from, request)) {
            // The answer to a forged source would hit somebody else.
            counters.add(ImsCounter.FOREIGN_RLOC);
            return;
        }
        boolean offered = request.eid() instanceof Eid.Home(HomeAddress hoa) && table.enrolment(hoa).isPresent()
                && request.subscriber().flatMap(table::enrolment)
                        .filter(subscriber -> subscriptions.offer(from, request.nonce(), subscriber,
                                table.mapping(hoa), now))
                        .isPresent();
        if (offered) {
            counters.add(ImsCounter.SUBSCRIPTION_OFFERED);
        } else {
            counters.add(ImsCounter.REPLIED);
            outbox.send(from, LispEncoder.encode(new MapReply(request.nonce(), answer(request.eid()))));
        }
    }

    private static boolean isAtOwnRloc(InetSocketAddress from, MapRequest request) {
        return from.getAddress() instanceof Inet6Address address
                && request.itrRlocs().contains(new IPv6Address(address.getAddress()));
    }

    private MapRecord answer(Eid eid) {
        return switch (eid) {
            case Eid.Home(HomeAddress hoa) -> {
                Mapping mapping = table.mapping(hoa);
                int negativeTtl = table.enrolment(hoa).isPresent() ? TTL_UNBOUND_MINUTES : TTL_UNKNOWN_MINUTES;
                yield mapping.isEmpty()
                        ? new MapRecord.OfHome(negativeTtl, Mapping.none(hoa))
                        : new MapRecord.OfHome(policy.ttlMinutes(), mapping);
            }
            case Eid.Mobile(MobileAddress moa) -> {
                Optional<AddressBinding> binding = table.binding(moa);
                yield new MapRecord.OfMobile(binding.isPresent() ? policy.ttlMinutes() : TTL_UNBOUND_MINUTES, moa,
                        binding);
            }
        };
    }

    private void register(InetSocketAddress from, Incoming.Signed signed, MapRegister register, long now) {
        Mapping wanted = register.record().mapping();
        Optional<Enrolment> enrolment = table.enrolment(wanted.hoa()).filter(it -> signed.isProvenBy(it.key()));
        if (enrolment.isEmpty()) {
            counters.add(ImsCounter.REGISTER_UNPROVEN);
            LOG.debug("dropped a Map-Register for {} from {}: unknown HoA or wrong key", wanted.hoa(), from);
            return;
        }
        if (Long.compareUnsigned(register.nonce(), enrolment.get().registerNonce()) <= 0) {
            counters.add(ImsCounter.REGISTER_REPLAYED);
            LOG.warn(
                    "dropped a Map-Register for {} from {}: nonce {} is not greater than the last, {}; replayed or late",
                    wanted.hoa(), from, Long.toUnsignedString(register.nonce()),
                    Long.toUnsignedString(enrolment.get().registerNonce()));
            return;
        }
        table.raiseRegisterNonce(enrolment.get(), register.nonce());
        try {
            write(wanted.hoa(), wanted.epoch(), now, current -> registered(current, wanted));
            counters.add(ImsCounter.REGISTERED);
        } catch (MappingRefusedException e) {
            counters.add(ImsCounter.REGISTER_REFUSED);
            LOG.warn("refused a Map-Register from {}: {}", from, e.getMessage());
        }
        if (register.notifyWanted()) {
            // The mapping as it stands now: a refused owner sees what was kept instead.
            MapRecord.OfHome record = new MapRecord.OfHome(policy.ttlMinutes(), table.mapping(wanted.hoa()));
            outbox.send(from, LispEncoder.encode(new MapNotify(register.nonce(), register.keyId(), record),
                    enrolment.get().key()));
        }
    }

    /** A registration is the whole mapping; an active MoA that it does not mention retires, so that peers still accept it. */
    private static Mapping registered(Mapping current, Mapping wanted) {
        Optional<MobileAddress> left = current.active().filter(moa -> wanted.binding(moa).isEmpty())
                .or(() -> current.retired().filter(moa -> wanted.binding(moa).isEmpty()));
        return new Mapping(wanted.hoa(), wanted.active(), wanted.staged(), wanted.retired().or(() -> left),
                wanted.epoch());
    }
}
