package org.godwit.mcs.runner;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.godwit.mcs.agents.Agents;
import org.godwit.mcs.ims.AddressMappings;
import org.godwit.mcs.precheck.Check;
import org.godwit.mcs.precheck.Facts;
import org.godwit.mcs.precheck.Facts.Journey;
import org.godwit.mcs.precheck.Forecast;
import org.godwit.mcs.precheck.Manner;
import org.godwit.mcs.runner.RefusedException.Reason;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.DiskPassage;
import org.godwit.mcs.store.Host;
import org.godwit.mcs.store.Intent;
import org.godwit.mcs.store.InventoryStore;
import org.godwit.mcs.store.LoneDeed;
import org.godwit.mcs.store.LoneDeedStore;
import org.godwit.mcs.store.MigrationFilter;
import org.godwit.mcs.store.MigrationRecord;
import org.godwit.mcs.store.MigrationStore;
import org.godwit.mcs.store.Page;
import org.godwit.mcs.store.SqliteMappingStore;
import org.godwit.mcs.store.Step;
import org.godwit.mcs.store.TakenOverException;
import org.godwit.mcs.store.Vm;
import org.godwit.mcs.workflow.Itinerary;
import org.godwit.mcs.workflow.MigrationFailure;
import org.godwit.mcs.workflow.MigrationState;
import org.godwit.mcs.workflow.Plan;
import org.godwit.model.Gateway;
import org.godwit.model.MigrationPhase;
import org.godwit.model.Name;
import org.godwit.model.Strategy;
import org.godwit.planner.prediction.Prediction;
import org.godwit.protocol.agent.CopyProgress;
import org.godwit.protocol.agent.SourceFacts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All migrations: begins them in their turn, goes on with them after a restart, cancels them. A wish is recorded at once; what
 * waits for its turn waits on the disk.
 */
public final class Migrations implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);
    /** How long a server that was taken over may keep the agents' sessions. */
    private static final Duration TENURE_INTERVAL = Duration.ofSeconds(5);

    /** So long after a fault of our own a migration is taken up again. */
    static final Duration FAULT_PAUSE = Duration.ofSeconds(5);

    private final InventoryStore inventory;
    private final MigrationStore store;
    private final LoneDeedStore deeds;
    private final Agents agents;
    private final Prechecks prechecks;
    private final EffectPerformer performer;
    private final InstantSource clock;
    private final Runnable takenOver;
    private final StepLimits limits;
    private final Schedule schedule;
    private final Schedule.Lane afterFaults;
    private final List<MigrationObserver> observers = new CopyOnWriteArrayList<>();
    private final Map<UUID, MigrationRun> running = new ConcurrentHashMap<>();
    /** Guarded by itself, together with what is launched by its word. */
    private final MigrationQueue queue;
    private volatile Schedule.Alarm tenure = () -> {};

    /**
     * @param takenOver called when another server works on this database, and nothing will be done here any more; on a thread
     *        that must not be kept waiting
     */
    public Migrations(Database database, Agents agents, AddressMappings mappings, HomeNetwork network,
            StepLimits limits, ConcurrencyLimits concurrency, Schedule schedule, InstantSource clock,
            Runnable takenOver) {
        this.inventory = new InventoryStore(database, clock);
        this.store = new MigrationStore(database, clock, UUID::randomUUID);
        this.deeds = new LoneDeedStore(database);
        this.agents = agents;
        this.prechecks = new Prechecks(agents, inventory, network.imsAddress(), schedule, clock);
        this.performer = new EffectPerformer(agents, mappings, new SqliteMappingStore(database), store, network,
                limits, schedule, prechecks);
        this.limits = limits;
        this.schedule = schedule;
        this.afterFaults = schedule.lane("after-faults");
        this.clock = clock;
        this.queue = new MigrationQueue(concurrency);
        this.takenOver = takenOver;
    }

    /** Tells somebody else, too, what migrations do from now on. */
    public void observe(MigrationObserver observer) {
        observers.add(observer);
    }

    /**
     * Takes over what an earlier process left unfinished, whether it is dead or only believed to be. To be called once, before
     * anything is begun.
     */
    public void resume() {
        synchronized (queue) {
            List<MigrationRecord> unfinished = store.takeOver();
            watchTenure();
            for (MigrationRecord record : unfinished) {
                UUID id = record.state().plan().id();
                if (record.admittedAt().isPresent()) {
                    LOG.info("migration={} phase={} epoch={} goes on after a restart", id, record.state().phase(),
                            record.state().plan().epoch());
                    queue.runs(entry(record.state().plan()));
                    launch(record, store.open(id), true);
                } else if (record.cancelRequested()) {
                    launch(record, List.of(), false);
                } else {
                    queue.add(entry(record.state().plan()));
                }
            }
            admit();
        }
    }

    private void watchTenure() {
        tenure = schedule.after(TENURE_INTERVAL, () -> {
            if (isTakenOver()) {
                LOG.error("another control server has begun to work on this database: this one ends");
                close();
                takenOver.run();
            } else {
                watchTenure();
            }
        });
    }

    private boolean isTakenOver() {
        try {
            return store.isTakenOver();
        } catch (RuntimeException e) {
            LOG.error("whether another control server works on this database could not be read; asked again", e);
            return false;
        }
    }

    /** What is asked for, as far as the inventory alone can tell that it makes sense. */
    private record Wish(Vm vm, Host target, Gateway gateway) {}

    private Wish wish(Name vmName, Name target) {
        Vm vm = inventory.vm(vmName)
                .orElseThrow(() -> new RefusedException(Reason.UNKNOWN, "there is no VM " + vmName, "vm"));
        Host host = inventory.host(target)
                .orElseThrow(() -> new RefusedException(Reason.UNKNOWN, "there is no host " + target, "target"));
        if (vm.host().equals(target)) {
            throw new RefusedException(Reason.INVALID, "VM " + vmName + " is at host " + target
                    + " already: the target must be another host", "target");
        }
        Gateway gateway = inventory.gateway(host.site())
                .orElseThrow(() -> new RefusedException(Reason.CONFLICT, "the gateway of site " + host.site()
                        + ", where host " + target + " is, is not known: add it first", "target"));
        return new Wish(vm, host, gateway);
    }

    /**
     * Records the wish and begins, with pre-copy.
     *
     * @throws RefusedException when it is known at once that it cannot be done
     * @throws org.godwit.mcs.store.ConflictException when the VM is being migrated
     */
    public MigrationRecord begin(Name vmName, Name target) {
        return begin(vmName, target, Manner.of(Strategy.PRE_COPY));
    }

    /**
     * As {@link #begin(Name, Name)}, in this manner. What it takes to forecast is asked of the hosts first, when anything depends
     * on it.
     *
     * @throws RefusedException also when no strategy would keep the budgets
     */
    public MigrationRecord begin(Name vmName, Name target, Manner manner) {
        return begin(vmName, target, manner, false);
    }

    /** As {@link #begin(Name, Name, Manner)}, but instead of the copy everything is undone. */
    public MigrationRecord rehearse(Name vmName, Name target, Manner manner) {
        return begin(vmName, target, manner, true);
    }

    private MigrationRecord begin(Name vmName, Name target, Manner manner, boolean rehearsal) {
        Wish wish = wish(vmName, target);
        store.running(vmName).ifPresent(id -> {
            throw new RefusedException(Reason.CONFLICT, isMigrated(vmName, id), "vm");
        });
        for (Name needed : List.of(wish.vm().host(), target)) {
            if (!agents.connected(needed)) {
                throw new RefusedException(Reason.CONFLICT, "the agent of host " + needed
                        + " is not connected: start it first", needed.equals(target) ? "target" : "vm");
            }
        }
        Optional<Forecast> forecast = manner.settled().isPresent()
                ? Optional.empty()
                : Optional.of(keeping(wish, target, manner));
        Strategy strategy = forecast.flatMap(Forecast::choice).or(manner::settled).orElseThrow();
        Name sourceSite = site(wish.vm().host());
        Plan plan = store.begin(wish.vm(), target, wish.gateway(), strategy, manner.options(), rehearsal, forecast)
                .plan();
        synchronized (queue) {
            queue.add(new MigrationQueue.Entry(plan.id(), plan.source(), sourceSite, target, wish.target().site()));
            admit();
        }
        return store.find(plan.id()).orElseThrow();
    }

    /** A forecast that keeps the budgets. */
    private Forecast keeping(Wish wish, Name target, Manner manner) {
        Journey journey = journey(wish, target, manner);
        Forecast forecast = forecast(journey, manner, prechecks.source(journey).join().facts());
        if (forecast.choice().isEmpty()) {
            throw new RefusedException(Reason.CONFLICT, forecast.reason(), "budgets");
        }
        return forecast;
    }

    /**
     * Checks all that {@link #begin(Name, Name, Manner)} would check, and more; changes nothing.
     *
     * @throws RefusedException when the request makes no sense
     */
    public Preview preview(Name vmName, Name target, Manner manner) {
        Wish wish = wish(vmName, target);
        Vm vm = wish.vm();
        Journey journey = journey(wish, target, manner);
        Facts facts = prechecks.preview(journey, store.running(vmName).map(id -> isMigrated(vmName, id))).join();
        Optional<SourceFacts> source = facts.source().facts();
        Forecast forecast = forecast(journey, manner, source);
        Plan plan = new Plan(UUID.randomUUID(), new Plan.Vm(vm.name(), vm.domain(), vm.uuid(), vm.hoa()), vm.host(),
                target, wish.gateway(), vm.epoch().next(),
                forecast.choice().orElse(journey.strategy()), manner.options(), false);
        return new Preview(plan, Check.judgeAll(facts.by(plan.strategy())),
                source.flatMap(Prechecks::secondary).map(mac -> Itinerary.of(plan, mac)).orElse(List.of()), forecast);
    }

    private static Journey journey(Wish wish, Name target, Manner manner) {
        Vm vm = wish.vm();
        return new Journey(vm.name(), vm.domain(), vm.uuid(), vm.hoa(), vm.host(), target, wish.gateway(),
                manner.strategy().orElse(Strategy.PRE_COPY), manner.options());
    }

    private Forecast forecast(Journey journey, Manner manner, Optional<SourceFacts> source) {
        return Forecast.of(manner, source.orElse(SourceFacts.getDefaultInstance()),
                store.copies(journey.vm(), journey.source(), journey.target()));
    }

    private static String isMigrated(Name vm, UUID migration) {
        return "VM " + vm + " is being migrated already, by migration " + migration;
    }

    /**
     * Hands on an operator's wish to stop; whether it came in time shows in the outcome.
     *
     * @throws RefusedException when it is too late already
     */
    public MigrationRecord cancel(UUID id) {
        MigrationRecord record = store.find(id)
                .orElseThrow(() -> new RefusedException(Reason.UNKNOWN, "there is no migration " + id, null));
        if (!record.state().cancellable()) {
            throw new RefusedException(Reason.CONFLICT, "migration " + id + " is in phase " + record.state().phase()
                    + ": it can only be cancelled before the switchover", null);
        }
        MigrationRecord asked = store.requestCancel(id);
        synchronized (queue) {
            if (queue.remove(id)) {
                launch(asked, List.of(), false);
            } else {
                Optional.ofNullable(running.get(id)).ifPresent(MigrationRun::cancel);
            }
        }
        return store.find(id).orElseThrow();
    }

    /**
     * Hands on an operator's wish to give up a VM whose post-copy broke. Both hypervisors must still say that it runs nowhere.
     *
     * @throws RefusedException when nothing of it is broken
     */
    public MigrationRecord abandon(UUID id) {
        MigrationRecord record = store.find(id)
                .orElseThrow(() -> new RefusedException(Reason.UNKNOWN, "there is no migration " + id, null));
        MigrationPhase phase = record.state().phase();
        if (phase != MigrationPhase.RECOVERY) {
            throw new RefusedException(Reason.CONFLICT, "migration " + id + " is in phase " + phase
                    + ": a VM is only given up while its post-copy is broken, in phase RECOVERY", null);
        }
        Optional.ofNullable(running.get(id)).ifPresent(MigrationRun::abandon);
        return record;
    }

    public Optional<MigrationRecord> find(UUID id) {
        return store.find(id);
    }

    /** Newest first. */
    public List<MigrationRecord> newest(Page page, MigrationFilter filter) {
        return store.newest(page, filter);
    }

    /** All that was done for one, in order. */
    public List<Step> steps(UUID id) {
        return store.steps(id);
    }

    /** What host agents did for one while nobody commanded them. */
    public List<LoneDeed> deeds(UUID id) {
        return deeds.of(id);
    }

    /** Where it waits for its turn, and for what; empty when it does not. */
    public Optional<Turn> turn(UUID id) {
        synchronized (queue) {
            return queue.waiting(id).map(it -> new Turn(it.position(), it.reason()));
        }
    }

    /** @param position among those that wait, from 1 */
    public record Turn(int position, String reason) {}

    /** What was forecast of one. */
    public Optional<Prediction.Converges> forecast(UUID id) {
        return store.forecast(id);
    }

    /** What was forecast of its disks, and what became of them; empty when none travelled. */
    public Optional<DiskPassage> disks(UUID id) {
        return store.disks(id);
    }

    /** The migration that runs now for a VM. */
    public Optional<UUID> running(Name vm) {
        return store.running(vm);
    }

    /** All that run or wait now, by their VMs. */
    public Map<Name, UUID> running() {
        return store.running();
    }

    /** Of a copy that runs in this process. */
    public Optional<CopyProgress> progress(UUID id) {
        return performer.progress(id);
    }

    /** Within the lock of the queue. */
    private void admit() {
        for (MigrationQueue.Entry entry : queue.admit()) {
            goOn(entry.id(), false);
        }
    }

    /** @param again whether it may have been begun before */
    private void goOn(UUID id, boolean again) {
        try {
            MigrationStore.Ongoing ongoing = store.admit(id);
            if (ongoing.record().state().phase().isFinal()) {
                leave(id);
            } else {
                launch(ongoing.record(), ongoing.open(), again);
            }
        } catch (TakenOverException e) {
            LOG.warn("migration={} is not begun here: {}", id, e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("migration={} cannot be taken up yet", id, e);
            takeUpLater(id);
        }
    }

    /** @param open what is to be performed first; nothing for one that was cancelled before its turn */
    private void launch(MigrationRecord record, List<Intent> open, boolean again) {
        UUID id = record.state().plan().id();
        MigrationRun run = new MigrationRun(record, open, again, store, performer, limits, schedule, clock, toAll(),
                () -> leave(id), () -> takeUpLater(id));
        running.put(id, run);
        run.start();
    }

    private void leave(UUID id) {
        running.remove(id);
        performer.forget(id);
        synchronized (queue) {
            queue.remove(id);
            admit();
        }
    }

    /** As a restart would; its turn is kept. */
    private void takeUpLater(UUID id) {
        schedule.after(FAULT_PAUSE, () -> afterFaults.take(() -> {
            LOG.warn("migration={} is taken up again", id);
            goOn(id, true);
        }));
    }

    private MigrationObserver toAll() {
        return new MigrationObserver() {
            @Override
            public void entered(PhaseChange change) {
                observers.forEach(observer -> observer.entered(change));
            }

            @Override
            public void setBack(MigrationState state, MigrationFailure failure) {
                observers.forEach(observer -> observer.setBack(state, failure));
            }
        };
    }

    private MigrationQueue.Entry entry(Plan plan) {
        return new MigrationQueue.Entry(plan.id(), plan.source(), site(plan.source()), plan.target(),
                site(plan.target()));
    }

    /** A host that was removed meanwhile is a site of its own. */
    private Name site(Name host) {
        return inventory.host(host).map(Host::site).orElse(host);
    }

    /** Leaves unfinished migrations where they are, for the next start. */
    @Override
    public void close() {
        tenure.cancel();
        afterFaults.close();
        running.values().forEach(MigrationRun::stop);
    }
}
