package org.godwit.mcs.ims;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.Incoming;
import org.godwit.protocol.lisp.LispEncoder;
import org.godwit.protocol.lisp.LispMessage.MapNotify;
import org.godwit.protocol.lisp.LispMessage.MapRegister;
import org.godwit.protocol.lisp.MapRecord;
import org.godwit.protocol.lisp.Mapping;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of Map-Registers: owners say where they are, and home gateways where those are for whom they stand. What is cheap to
 * refuse is refused before anything is computed.
 *
 * <p>Not safe for several threads. {@code now} is of a nanosecond ticker.
 */
final class Registrations {

    /** Owners of a /64 that are told where their nonces must go on: for others it is a way to have us compute. */
    static final SourceRate REMINDERS = new SourceRate(10, 20);

    /** Longest that a registration may last without being refreshed. */
    private static final int TTL_MINUTES_MAX = 1440;

    private static final long COMPLAINT_INTERVAL = Duration.ofSeconds(10).toNanos();

    private static final Logger LOG = LoggerFactory.getLogger(Registrations.class);

    private final ImsPolicy policy;
    private final MappingTable table;
    private final Subscriptions subscriptions;
    private final Outbox outbox;
    private final ImsCounters counters;
    private final SourceLimiter failures;
    private final SourceLimiter reminders;
    private long complaintAt = MappingTable.NEVER;
    private long uncomplained;

    Registrations(ImsPolicy policy, MappingTable table, Subscriptions subscriptions, Outbox outbox,
            ImsCounters counters, SourceLimiter failures, SourceLimiter reminders) {
        this.policy = policy;
        this.table = table;
        this.subscriptions = subscriptions;
        this.outbox = outbox;
        this.counters = counters;
        this.failures = failures;
        this.reminders = reminders;
    }

    /** A HoA that has no MoA. */
    static Mapping nowhere(HomeAddress hoa, Epoch epoch) {
        return new Mapping(hoa, Optional.empty(), Optional.empty(), Optional.empty(), epoch);
    }

    /**
     * A registration as it came.
     *
     * @param owner whose key must prove it and whose nonces it continues: the HoA itself, or the gateway that stands for it
     */
    private record Claim(InetSocketAddress from, Incoming.Signed signed, MapRegister register, HomeAddress owner) {

        Mapping wanted() {
            return register.record().mapping();
        }

        HomeAddress hoa() {
            return wanted().hoa();
        }

        boolean isProxied() {
            return !owner.equals(hoa());
        }
    }

    void receive(InetSocketAddress from, Incoming.Signed signed, MapRegister register, long now) {
        Claim claim = new Claim(from, signed, register, owner(register.record().mapping()));
        HomeAddress hoa = claim.hoa();
        long last = lastNonce(claim.owner());
        if (Long.compareUnsigned(register.nonce(), last) <= 0) {
            replayed(claim, last, now);
        } else if (!claim.isProxied() && table.registersTooOften(hoa, policy.registrations(), MappingTable.time(now))) {
            counters.add(ImsCounter.REGISTER_BEYOND_RATE);
            complain(from, hoa + " registers too often", now);
        } else if (!table.isProvenBy(claim.owner(), signed)) {
            failures.count(from.getAddress(), now);
            counters.add(ImsCounter.REGISTER_UNPROVEN);
            LOG.debug("dropped a Map-Register for {} from {}: unknown HoA or wrong key", hoa, from);
        } else if (!comesFromWhereItMay(claim)) {
            // Its nonce is not used up: who sends a copy of it from elsewhere, sooner than it arrives, takes nothing from its owner.
            failures.count(from.getAddress(), now);
            counters.add(ImsCounter.REGISTER_ELSEWHERE);
            complain(from, hoa + " would be at another address than it speaks from", now);
        } else {
            take(claim, now);
        }
    }

    private HomeAddress owner(Mapping wanted) {
        return table.isEnrolled(wanted.hoa())
                ? wanted.hoa()
                : table.proxied().registrar(wanted).map(HomeGateway::hoa).orElse(wanted.hoa());
    }

    /** One whose clock is behind learns where its nonces must go on; whoever plays it again tells it no news. */
    private void replayed(Claim claim, long last, long now) {
        MapRegister register = claim.register();
        counters.add(ImsCounter.REGISTER_REPLAYED);
        LOG.debug("dropped a Map-Register for {} from {}: nonce {} is not greater than the last, {}; replayed or late",
                claim.hoa(), claim.from(), Long.toUnsignedString(register.nonce()), Long.toUnsignedString(last));
        if (register.notifyWanted() && comesFromWhereItMay(claim)
                && reminders.admits(claim.from().getAddress(), now)
                && table.isProvenBy(claim.owner(), claim.signed())) {
            confirm(claim, last);
        }
    }

    private void take(Claim claim, long now) {
        try {
            if (claim.isProxied()) {
                registerProxied(claim.owner(), claim.register(), now);
            } else {
                register(claim, now);
            }
            counters.add(ImsCounter.REGISTERED);
        } catch (MappingRefusedException e) {
            counters.add(ImsCounter.REGISTER_REFUSED);
            complain(claim.from(), e.getMessage(), now);
        }
        if (claim.register().notifyWanted()) {
            confirm(claim, claim.register().nonce());
        }
    }

    private void register(Claim claim, long now) {
        HomeAddress hoa = claim.hoa();
        MapRegister register = claim.register();
        table.countRegistration(hoa, policy.registrations(), MappingTable.time(now));
        boolean changed = table.register(hoa, register.nonce(), claim.wanted().epoch(),
                current -> registered(current, register.record()));
        table.expectRefresh(hoa, MappingTable.time(now + lifetime(register.record())));
        subscriptions.publish(hoa, changed, now);
    }

    private long lastNonce(HomeAddress owner) {
        long kept = table.lastNonce(owner);
        long seen = table.proxied().nonce(owner);
        return Long.compareUnsigned(seen, kept) > 0 ? seen : kept;
    }

    /** With a TTL of zero the gateway has no more use for it. */
    private void registerProxied(HomeAddress gateway, MapRegister register, long now) {
        Mapping wanted = register.record().mapping();
        table.proxied().raiseNonce(gateway, register.nonce());
        boolean changed = register.record().ttlMinutes() == 0
                ? table.proxied().remove(wanted.hoa())
                : table.proxied().put(wanted, now + lifetime(register.record()));
        subscriptions.publish(table.mapping(wanted.hoa()), changed, now);
    }

    private static long lifetime(MapRecord.OfHome registered) {
        return Duration.ofMinutes(Math.clamp(registered.ttlMinutes(), 1, TTL_MINUTES_MAX)).toNanos();
    }

    /** The mapping as it stands now: a refused owner sees what was kept instead. */
    private void confirm(Claim claim, long nonce) {
        MapRecord.OfHome record = new MapRecord.OfHome(policy.publication().ttlMinutes(), table.mapping(claim.hoa()));
        MapNotify kept = new MapNotify(nonce, claim.register().keyId(), record);
        table.key(claim.owner()).ifPresent(key -> outbox.send(claim.from(), LispEncoder.encode(kept, key)));
    }

    /** Also one that takes the MoA back comes from there; one that names none, from anywhere. */
    private boolean comesFromWhereItMay(Claim claim) {
        Optional<MobileAddress> moa = claim.wanted().active();
        return claim.isProxied() || !policy.registrations().fromMoaOnly() || moa.isEmpty()
                || Arrays.equals(moa.get().bytes(), claim.from().getAddress().getAddress());
    }

    /** Whoever has a key must not fill the log. */
    private void complain(InetSocketAddress from, String why, long now) {
        if (complaintAt != MappingTable.NEVER && now - complaintAt < 0) {
            uncomplained++;
            return;
        }
        LOG.warn("refused a Map-Register from {}: {} ({} more were refused since the last such line)", from, why,
                uncomplained);
        uncomplained = 0;
        complaintAt = MappingTable.time(now + COMPLAINT_INTERVAL);
    }

    /**
     * A registration says where the owner is; an active MoA that it does not mention retires, so that peers still accept it.
     * One with TTL 0 takes everything back.
     */
    private static Mapping registered(Mapping current, MapRecord.OfHome record) {
        Mapping wanted = record.mapping();
        if (current.epoch().isOlderThan(wanted.epoch())) {
            throw new MappingRefusedException(
                    new MappingRefusal.EpochAhead(wanted.hoa(), wanted.epoch(), current.epoch()));
        }
        if (!current.epoch().equals(Epoch.NONE)) {
            throw new MappingRefusedException(new MappingRefusal.MovedByOthers(wanted.hoa(), current.epoch()));
        }
        if (wanted.staged().isPresent() || wanted.retired().isPresent()) {
            throw new MappingRefusedException(new MappingRefusal.NotTheOwners(wanted.hoa()));
        }
        if (record.ttlMinutes() == 0) {
            return nowhere(wanted.hoa(), wanted.epoch());
        }
        Optional<MobileAddress> left = current.active().filter(moa -> wanted.binding(moa).isEmpty())
                .or(() -> current.retired().filter(moa -> wanted.binding(moa).isEmpty()));
        return new Mapping(wanted.hoa(), wanted.active(), Optional.empty(), left, wanted.epoch());
    }
}
