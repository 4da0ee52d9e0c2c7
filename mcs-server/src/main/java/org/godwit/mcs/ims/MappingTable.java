package org.godwit.mcs.ims;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.godwit.model.AddressBinding;
import org.godwit.model.BindingState;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.Incoming;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;

/** Which HoA is where, and who may say so. Every change is in the store before it is seen. Not safe for several threads. */
final class MappingTable {

    /** No time at which a registration ends. */
    static final long NEVER = 0;

    private static final int SWEPT_MIN = 1_000;

    private final MappingStore store;
    private final BindingRows bindings = new BindingRows();
    private final ProxiedMappings proxied = new ProxiedMappings();
    private final ChangeLog changes = new ChangeLog();
    /** How far {@link #overdue} has come. */
    private int swept;

    MappingTable(MappingStore store) {
        this.store = store;
        store.readEnrolments(bindings::put);
        store.readMappings(bindings::put);
        List<HomeGateway> gateways = new ArrayList<>();
        store.readGateways(gateways::add);
        proxied.replaceGateways(gateways);
    }

    void replaceGateways(Collection<HomeGateway> gateways) {
        proxied.replaceGateways(gateways);
        store.saveGateways(gateways);
    }

    /** Which HoAs have another mapping, or keys that this server has settled by itself. */
    ChangeLog changes() {
        return changes;
    }

    /** Some of all HoAs, and where to go on; see {@link ImsAdmin#list}. */
    ImsAdmin.Rows rows(long boot, int from, int count) {
        List<ImsAdmin.Row> rows = new ArrayList<>();
        int at = from;
        for (; at < bindings.end() && rows.size() < count; at++) {
            if (bindings.isUsed(at)) {
                rows.add(ImsAdmin.Row.of(bindings.enrolment(at), bindings.mapping(at)));
            }
        }
        return new ImsAdmin.Rows(boot, changes.number(), rows, at < bindings.end() ? at : ImsAdmin.END);
    }

    Optional<ImsAdmin.Row> row(HomeAddress hoa) {
        return enrolment(hoa).map(it -> ImsAdmin.Row.of(it, mapping(hoa)));
    }

    void forEachEnrolled(Consumer<HomeAddress> reader) {
        for (int row = 0; row < bindings.end(); row++) {
            if (bindings.isUsed(row)) {
                reader.accept(bindings.hoa(row));
            }
        }
    }

    // ---- who may say so ----

    void enrol(HomeAddress hoa, MappingKey key) {
        if (!isEnrolled(hoa)) {
            save(Enrolment.of(hoa, key));
            return;
        }
        Enrolment known = enrolled(hoa);
        if (!known.key().equals(Optional.of(key)) || known.successor().isPresent()) {
            // The nonce of a known HoA only grows, whatever its key: it costs nothing and is one thing less to think about.
            save(known.withKey(key).nextEdition());
        }
    }

    /** @throws MappingRefusedException when the HoA is not enrolled */
    void rotate(HomeAddress hoa, MappingKey next, Instant takesOverAt) {
        Enrolment known = enrolled(hoa);
        save((known.key().isEmpty() ? known.withKey(next) : known.withSuccessor(next, takesOverAt)).nextEdition());
    }

    /** @throws MappingRefusedException when the HoA is not enrolled */
    void settle(HomeAddress hoa) {
        if (enrolled(hoa).successor().isPresent()) {
            save(enrolled(hoa).settled().nextEdition());
        }
    }

    /** The same without the control server's word: it finds out by and by. */
    void settleByItself(HomeAddress hoa) {
        save(enrolled(hoa).settled());
        changes.note(hoa);
    }

    /** @throws MappingRefusedException when the HoA is not enrolled */
    void revoke(HomeAddress hoa) {
        save(enrolled(hoa).revoked().nextEdition());
    }

    /** Whether nothing is known of the HoA, or only of one of that name who was born before. */
    boolean isBorn(Enrolment enrolment) {
        return enrolment(enrolment.hoa()).filter(it -> it.edition().birth() == enrolment.edition().birth()).isEmpty();
    }

    /** Takes those that are newer than what is known, all at once. Of nonces the higher ones stay. Returns those taken. */
    List<Enrolment> adopt(Collection<Enrolment> given) {
        List<Enrolment> newer = given.stream().filter(it -> enrolment(it.hoa())
                .filter(known -> !it.edition().isNewerThan(known.edition())).isEmpty())
                .map(it -> it.withRegisterNonce(highest(it.registerNonce(), lastNonce(it.hoa())))).toList();
        store.saveAll(newer, List.of());
        newer.forEach(bindings::put);
        return newer;
    }

    /** What a mapping server has done with keys and nonces by itself, where it knows the same edition. */
    void followKeys(Collection<ImsAdmin.Row> rows) {
        List<Enrolment> changed = new ArrayList<>();
        for (ImsAdmin.Row row : rows) {
            enrolment(row.hoa()).filter(known -> known.edition().equals(row.edition())).ifPresent(known -> {
                Enrolment followed = (row.rotating() ? known : known.settled())
                        .withRegisterNonce(highest(row.registerNonce(), known.registerNonce()));
                if (!followed.equals(known)) {
                    changed.add(followed);
                }
            });
        }
        store.saveAll(changed, List.of());
        changed.forEach(bindings::put);
    }

    /** The highest Map-Register nonce accepted, unsigned; 0 when none was. */
    long lastNonce(HomeAddress hoa) {
        int row = bindings.row(hoa);
        return row == BindingRows.NONE ? 0 : bindings.registerNonce(row);
    }

    private static long highest(long one, long other) {
        return Long.compareUnsigned(one, other) > 0 ? one : other;
    }

    /** New keys whose time has come take over. */
    void settleOverdue(Instant now) {
        bindings.rotating().stream()
                .filter(hoa -> !enrolled(hoa).successor().orElseThrow().takesOverAt().isAfter(now))
                .forEach(this::settleByItself);
    }

    Optional<Enrolment> enrolment(HomeAddress hoa) {
        int row = bindings.row(hoa);
        return row == BindingRows.NONE ? Optional.empty() : Optional.of(bindings.enrolment(row));
    }

    boolean isEnrolled(HomeAddress hoa) {
        return bindings.row(hoa) != BindingRows.NONE;
    }

    /** What is signed for this HoA is signed with it: the old key until its owner has shown the new one. */
    Optional<MappingKey> key(HomeAddress hoa) {
        return enrolment(hoa).flatMap(Enrolment::key);
    }

    /** Whether the owner of the HoA wrote this. Who shows the new key does not need the old one any more. */
    boolean isProvenBy(HomeAddress hoa, Incoming.Signed message) {
        Optional<Enrolment> known = enrolment(hoa);
        if (known.isEmpty() || known.get().isProvenByKey(message)) {
            return known.isPresent();
        }
        boolean proven = known.get().isProvenBySuccessor(message);
        if (proven) {
            settleByItself(hoa);
        }
        return proven;
    }

    private Enrolment enrolled(HomeAddress hoa) {
        return enrolment(hoa).orElseThrow(() -> new MappingRefusedException(new MappingRefusal.NotEnrolled(hoa)));
    }

    private void save(Enrolment enrolment) {
        store.saveEnrolment(enrolment);
        bindings.put(enrolment);
    }

    // ---- where it is ----

    /** Those of plain correspondents, which have no enrolment of their own. */
    ProxiedMappings proxied() {
        return proxied;
    }

    /** Whether we answer for it. */
    boolean serves(HomeAddress hoa) {
        return isEnrolled(hoa) || proxied.mapping(hoa).isPresent();
    }

    Mapping mapping(HomeAddress hoa) {
        int row = bindings.row(hoa);
        return row != BindingRows.NONE
                ? bindings.mapping(row)
                : proxied.mapping(hoa).orElseGet(() -> Mapping.none(hoa));
    }

    Optional<AddressBinding> binding(MobileAddress moa) {
        int row = bindings.row(moa);
        Optional<Mapping> mapping = row == BindingRows.NONE
                ? proxied.owner(moa).map(this::mapping)
                : Optional.of(bindings.mapping(row));
        return mapping.flatMap(it -> it.binding(moa));
    }

    /**
     * Replaces the mapping of the HoA by what {@code change} makes of it. Returns whether it is another one now.
     *
     * @throws MappingRefusedException then nothing has changed
     */
    boolean change(HomeAddress hoa, Epoch epoch, UnaryOperator<Mapping> change) {
        Mapping current = mapping(hoa);
        Mapping next = next(current, epoch, ordered(change));
        return replace(current, next, () -> store.saveMapping(next));
    }

    /** The one step back: a retired MoA is active again, and the active one is forgotten. Otherwise as {@link #change}. */
    boolean reinstate(HomeAddress hoa, MobileAddress moa, Epoch epoch) {
        Mapping current = mapping(hoa);
        Mapping next = next(current, epoch,
                mapping -> new Mapping(hoa, Optional.of(moa), Optional.empty(), Optional.empty(), epoch));
        return replace(current, next, () -> store.saveMapping(next));
    }

    /**
     * As {@link #change}, for an owner's registration: its nonce is kept with it, and also when it is refused. The caller has
     * seen that the nonce is greater than the last.
     */
    boolean register(HomeAddress hoa, long nonce, Epoch epoch, UnaryOperator<Mapping> change) {
        Mapping current = mapping(hoa);
        Mapping next;
        try {
            next = next(current, epoch, ordered(change));
        } catch (MappingRefusedException e) {
            store.saveRegistration(hoa, nonce, Optional.empty());
            bindings.setRegisterNonce(bindings.row(hoa), nonce);
            throw e;
        }
        Optional<Mapping> changed = Optional.of(next).filter(mapping -> !mapping.equals(current));
        store.saveRegistration(hoa, nonce, changed);
        bindings.setRegisterNonce(bindings.row(hoa), nonce);
        return replace(current, next, () -> {});
    }

    /** Takes mappings as they are, all at once and without a rule: who gives them is right. */
    void adoptMappings(Collection<Mapping> given) {
        List<Mapping> others = given.stream().filter(it -> !it.equals(mapping(it.hoa()))).toList();
        store.saveAll(List.of(), others);
        others.forEach(bindings::put);
    }

    /**
     * Takes a mapping that is newer than what is known: by its epoch; in the same epoch when the control server owes it to us,
     * or nothing is known. Returns whether the mapping is another one now.
     */
    boolean restore(ImsAdmin.Restoration given) {
        Mapping current = mapping(given.mapping().hoa());
        Mapping next = given.mapping();
        boolean free = next.epoch().equals(Epoch.NONE);
        boolean newer = current.isEmpty() && current.epoch().equals(next.epoch())
                || current.epoch().isOlderThan(next.epoch())
                || given.owed() && !free && current.epoch().equals(next.epoch());
        if (!newer) {
            return false;
        }
        try {
            return replace(current, next(current, next.epoch(), _ -> next), () -> store.saveMapping(next));
        } catch (MappingRefusedException e) {
            return false;
        }
    }

    /** Returns whether there was anything. */
    boolean forget(HomeAddress hoa) {
        store.remove(hoa);
        int row = bindings.row(hoa);
        if (row == BindingRows.NONE) {
            return false;
        }
        bindings.remove(row);
        return true;
    }

    private static UnaryOperator<Mapping> ordered(UnaryOperator<Mapping> change) {
        return mapping -> {
            Mapping changed = change.apply(mapping);
            BindingOrder.check(mapping, changed);
            return changed;
        };
    }

    private Mapping next(Mapping current, Epoch epoch, UnaryOperator<Mapping> change) {
        HomeAddress hoa = current.hoa();
        enrolled(hoa);
        if (epoch.isOlderThan(current.epoch())) {
            throw new MappingRefusedException(new MappingRefusal.StaleEpoch(hoa, epoch, current.epoch()));
        }
        Mapping next = change.apply(current);
        next.active().ifPresent(moa -> refuseTaken(hoa, moa));
        next.staged().ifPresent(moa -> refuseTaken(hoa, moa));
        return next;
    }

    private boolean replace(Mapping current, Mapping next, Runnable save) {
        if (next.equals(current)) {
            return false;
        }
        save.run();
        bindings.put(next);
        changes.note(next.hoa());
        return true;
    }

    /** What is retired may be taken over: the site gave the address to somebody else. */
    private void refuseTaken(HomeAddress hoa, MobileAddress moa) {
        binding(moa).filter(binding -> !binding.hoa().equals(hoa) && binding.state() != BindingState.RETIRED)
                .ifPresent(binding -> {
                    throw new MappingRefusedException(new MappingRefusal.MoaTaken(moa, binding.hoa()));
                });
    }

    // ---- registrations, which end unless they are repeated ----

    /** Whether the owner has registered so often lately that once more is too much. Of whom nobody knows nothing is too much. */
    boolean registersTooOften(HomeAddress hoa, RegistrationPolicy policy, long now) {
        int row = bindings.row(hoa);
        return row != BindingRows.NONE && restIn(row, now) > policy.depth();
    }

    /** The owner has registered once more (the generic cell rate algorithm). */
    void countRegistration(HomeAddress hoa, RegistrationPolicy policy, long now) {
        int row = bindings.row(hoa);
        long restAt = now + restIn(row, now) + policy.interval();
        bindings.setRestAt(row, time(restAt));
    }

    private long restIn(int row, long now) {
        long restAt = bindings.restAt(row);
        return restAt == NEVER ? 0 : Math.max(0, restAt - now);
    }

    /** The owner's registration lasts until then. */
    void expectRefresh(HomeAddress hoa, long time) {
        bindings.setRefreshBy(bindings.row(hoa), time);
    }

    /** It is not the owner who says where this HoA is, any more. */
    void expectNoRefresh(HomeAddress hoa) {
        int row = bindings.row(hoa);
        if (row != BindingRows.NONE) {
            bindings.setRefreshBy(row, NEVER);
        }
    }

    /** Who has registered once, and was not moved by the control server since, registers still. */
    void expectRefreshes(long time) {
        for (int row = 0; row < bindings.end(); row++) {
            if (bindings.isUsed(row) && bindings.epoch(row) == 0 && bindings.isBound(row)
                    && bindings.registerNonce(row) != 0) {
                bindings.setRefreshBy(row, time);
            }
        }
    }

    /**
     * Some whose registration has ended: each call looks at some HoAs, and so many calls at all.
     */
    List<HomeAddress> overdue(long now, int calls) {
        List<HomeAddress> over = new ArrayList<>();
        if (swept >= bindings.end()) {
            swept = 0;
        }
        int until = Math.min(bindings.end(), swept + Math.max(SWEPT_MIN, bindings.end() / calls + 1));
        for (; swept < until; swept++) {
            long by = bindings.refreshBy(swept);
            if (by != NEVER && now - by >= 0) {
                over.add(bindings.hoa(swept));
            }
        }
        return over;
    }

    /** A time of the ticker, which {@link #NEVER} is not. */
    static long time(long now) {
        return now == NEVER ? now + 1 : now;
    }
}
