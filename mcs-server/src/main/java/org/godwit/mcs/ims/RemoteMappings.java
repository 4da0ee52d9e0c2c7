package org.godwit.mcs.ims;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.godwit.model.AddressBinding;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mapping server in another process, as the control server sees it: a mirror of its mappings that is always there, and a
 * channel to it that may be cut. Either runs on alone; when they meet again they reconcile:
 *
 * <ul>
 * <li>The control server is right about who is enrolled, with which keys, and which home gateways there are.
 * <li>The mapping server is right about bindings, with two exceptions: the newer epoch counts, whoever has it; and what the
 * control server wrote in the same epoch while they were apart (it is <i>owed</i>) comes last.
 * </ul>
 *
 * <p>One says something at a time, as the order of what is said matters. What is known here can be looked up meanwhile.
 *
 * <p>While the mapping server is away nothing can be staged, since no peer would learn of it: migrations are refused before
 * anything has happened. What completes or undoes a migration is written here and owed.
 */
public final class RemoteMappings implements AddressMappings, AutoCloseable {

    private static final long FOLLOW_MILLIS = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(RemoteMappings.class);

    /** Whoever says something to the mapping server, or changes the mirror, has it. */
    private final ReentrantLock speech = new ReentrantLock();
    /** Whoever looks into the mirror, or changes it, has it, and has never to wait for the mapping server. */
    private final ReentrantLock lock = new ReentrantLock();
    private final ImsAdmin ims;
    private final MirrorStore store;
    private final MappingTable mirror;
    private final List<HomeGateway> gateways;
    private final Duration keyOverlap;
    private final InstantSource clock;
    private final Set<HomeAddress> owed = new HashSet<>();
    private final ScheduledExecutorService following = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("ims-following").factory());
    private volatile boolean met;
    /** So that each absence is told once. */
    private boolean missed;
    private long boot;
    private long number;

    /** @param keyOverlap as in {@link ImsPolicy} */
    RemoteMappings(ImsAdmin ims, MirrorStore store, Collection<HomeGateway> gateways, Duration keyOverlap,
            InstantSource clock) {
        this.ims = ims;
        this.store = store;
        this.mirror = new MappingTable(store);
        this.gateways = List.copyOf(gateways);
        this.keyOverlap = keyOverlap;
        this.clock = clock;
        store.readOwed(owed::add);
    }

    /** Reads the store, and follows the mapping server from now on, whether it is there or not. */
    public static RemoteMappings start(ImsAdmin ims, MirrorStore store, Collection<HomeGateway> gateways,
            InstantSource clock) {
        RemoteMappings mappings = new RemoteMappings(ims, store, gateways, ImsPolicy.DEFAULT.keyOverlap(), clock);
        mappings.follow();
        mappings.following.scheduleWithFixedDelay(mappings::follow, FOLLOW_MILLIS, FOLLOW_MILLIS,
                TimeUnit.MILLISECONDS);
        return mappings;
    }

    @Override
    public void close() {
        following.shutdownNow();
    }

    /** Whether the mapping server answered when it was asked last, within the last seconds. */
    public boolean isThere() {
        return met;
    }

    // ---- meeting and following ----

    /** Hears what has changed; after an absence, reconciles. Nothing is thrown: it is tried again. */
    void follow() {
        speaking(() -> {
            try {
                Optional<ImsAdmin.Rows> changes = met ? ims.changes(boot, number) : Optional.empty();
                changes.ifPresentOrElse(this::mirror, this::reconcile);
            } catch (ImsUnreachableException e) {
                miss(e);
            } catch (RuntimeException e) {
                met = false;
                LOG.error("the mapping server's changes could not be taken over; tried again in a second", e);
            }
        });
    }

    private void miss(ImsUnreachableException e) {
        met = false;
        if (!missed) {
            missed = true;
            LOG.warn("{}; until it is back nothing can be staged, and what is written is kept for it", e.getMessage());
        }
    }

    private void reconcile() {
        ims.replaceGateways(gateways);
        Set<HomeAddress> there = new HashSet<>();
        ImsAdmin.Rows first = ims.list(0);
        int forgotten = 0;
        for (ImsAdmin.Rows page = first;; page = ims.list(page.next())) {
            Map<Boolean, List<ImsAdmin.Row>> byOurs = page.rows().stream()
                    .collect(Collectors.partitioningBy(row -> mirror.isEnrolled(row.hoa())));
            meet(byOurs.get(true));
            byOurs.get(true).forEach(row -> there.add(row.hoa()));
            byOurs.get(false).forEach(row -> ims.forget(row.hoa()));
            forgotten += byOurs.get(false).size();
            if (page.next() == ImsAdmin.END) {
                break;
            }
        }
        List<HomeAddress> missing = new ArrayList<>();
        mirror.forEachEnrolled(hoa -> {
            if (!there.contains(hoa)) {
                missing.add(hoa);
            }
        });
        for (int from = 0; from < missing.size(); from += ImsAdmin.PAGE_ROWS) {
            List<HomeAddress> some = missing.subList(from, Math.min(missing.size(), from + ImsAdmin.PAGE_ROWS));
            adopt(some.stream().map(this::enrolment).toList());
            restore(some);
        }
        boot = first.boot();
        number = first.number();
        met = true;
        missed = false;
        LOG.info("reconciled with the mapping server: {} HoAs there, {} added, {} forgotten", there.size(),
                missing.size(), forgotten);
    }

    /** Compares what the mapping server has with what is known here; each is told what the other is right about. */
    private void meet(List<ImsAdmin.Row> rows) {
        adopt(rows.stream().filter(row -> !row.edition().equals(enrolment(row.hoa()).edition()))
                .map(row -> enrolment(row.hoa())).toList());
        Map<Boolean, List<ImsAdmin.Row>> byWhoIsRight = rows.stream()
                .collect(Collectors.partitioningBy(this::isNewerHere));
        mirrorRows(byWhoIsRight.get(false));
        restore(byWhoIsRight.get(true).stream().map(ImsAdmin.Row::hoa).toList());
    }

    private void adopt(List<Enrolment> enrolments) {
        if (!enrolments.isEmpty()) {
            ims.adopt(enrolments);
        }
    }

    private boolean isNewerHere(ImsAdmin.Row row) {
        Epoch here = mirror.mapping(row.hoa()).epoch();
        return row.edition().birth() != enrolment(row.hoa()).edition().birth()
                || row.mapping().epoch().isOlderThan(here)
                || owed.contains(row.hoa()) && row.mapping().epoch().equals(here);
    }

    private void restore(List<HomeAddress> hoas) {
        List<ImsAdmin.Restoration> known = hoas.stream().map(mirror::mapping)
                .filter(mapping -> !mapping.equals(Mapping.none(mapping.hoa())))
                .map(mapping -> new ImsAdmin.Restoration(mapping, owed.contains(mapping.hoa()))).toList();
        if (!known.isEmpty()) {
            List<Mapping> there = ims.restore(known);
            locked(() -> mirror.adoptMappings(there));
        }
        pay(hoas);
    }

    private void mirror(ImsAdmin.Rows changes) {
        mirrorRows(changes.rows().stream().filter(row -> mirror.enrolment(row.hoa())
                .filter(it -> it.edition().birth() == row.edition().birth()).isPresent()).toList());
        number = changes.number();
    }

    private void mirrorRows(List<ImsAdmin.Row> rows) {
        locked(() -> {
            mirror.adoptMappings(rows.stream().map(ImsAdmin.Row::mapping).toList());
            mirror.followKeys(rows);
        });
        pay(rows.stream().map(ImsAdmin.Row::hoa).toList());
    }

    private Enrolment enrolment(HomeAddress hoa) {
        return mirror.enrolment(hoa).orElseThrow();
    }

    // ---- who is enrolled: written here first, told when there is somebody to tell ----

    @Override
    public void enrol(HomeAddress hoa, MappingKey key) {
        change(hoa, () -> mirror.enrol(hoa, key));
    }

    @Override
    public void rotate(HomeAddress hoa, MappingKey next) {
        change(hoa, () -> mirror.rotate(hoa, next, clock.instant().plus(keyOverlap)));
    }

    @Override
    public void settle(HomeAddress hoa) {
        change(hoa, () -> mirror.settle(hoa));
    }

    @Override
    public void revoke(HomeAddress hoa) {
        change(hoa, () -> mirror.revoke(hoa));
    }

    private void change(HomeAddress hoa, Runnable change) {
        speaking(() -> {
            locked(change);
            if (met) {
                try {
                    ims.adopt(List.of(enrolment(hoa)));
                } catch (ImsUnreachableException e) {
                    miss(e);
                }
            }
        });
    }

    @Override
    public CompletableFuture<Published> forget(HomeAddress hoa) {
        speech.lock();
        try {
            locked(() -> mirror.forget(hoa));
            pay(List.of(hoa));
            if (met) {
                return ims.forget(hoa);
            }
        } catch (ImsUnreachableException e) {
            miss(e);
        } finally {
            speech.unlock();
        }
        return unpublished();
    }

    // ---- where it is: written there first ----

    @Override
    public CompletableFuture<Published> stage(HomeAddress hoa, MobileAddress moa, Epoch epoch) {
        return write(Write.stage(hoa, moa, epoch));
    }

    @Override
    public CompletableFuture<Published> activate(HomeAddress hoa, MobileAddress moa, Epoch epoch) {
        return write(Write.activate(hoa, moa, epoch));
    }

    @Override
    public CompletableFuture<Published> reinstate(HomeAddress hoa, MobileAddress moa, Epoch epoch) {
        return write(Write.reinstate(hoa, moa, epoch));
    }

    @Override
    public CompletableFuture<Published> unstage(HomeAddress hoa, Epoch epoch) {
        return write(Write.unstage(hoa, epoch));
    }

    private CompletableFuture<Published> write(Write write) {
        HomeAddress hoa = write.hoa();
        speech.lock();
        try {
            if (met) {
                try {
                    ImsAdmin.Written written = ims.write(write);
                    locked(() -> mirror.adoptMappings(List.of(written.mapping())));
                    pay(List.of(hoa));
                    return written.published();
                } catch (ImsUnreachableException e) {
                    miss(e);
                }
            }
            if (write.verb() == Write.Verb.STAGE) {
                throw new MappingRefusedException(new MappingRefusal.Unreachable(hoa));
            }
            locked(() -> write.applyTo(mirror));
            if (owed.add(hoa)) {
                store.saveOwed(List.of(hoa));
            }
            return unpublished();
        } finally {
            speech.unlock();
        }
    }

    private void pay(Collection<HomeAddress> hoas) {
        List<HomeAddress> paid = hoas.stream().filter(owed::remove).toList();
        if (!paid.isEmpty()) {
            store.removeOwed(paid);
        }
    }

    private static CompletableFuture<Published> unpublished() {
        return CompletableFuture.completedFuture(new Published(Set.of(), Set.of()));
    }

    /** As of the last second, or of when the mapping server was heard last. */
    @Override
    public Optional<Mapping> lookup(HomeAddress hoa) {
        lock.lock();
        try {
            return Optional.of(mirror.mapping(hoa)).filter(mapping -> !mapping.isEmpty());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<AddressBinding> lookup(MobileAddress moa) {
        lock.lock();
        try {
            return mirror.binding(moa);
        } finally {
            lock.unlock();
        }
    }

    private void speaking(Runnable action) {
        with(speech, action);
    }

    private void locked(Runnable action) {
        with(lock, action);
    }

    private static void with(ReentrantLock lock, Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }
}
