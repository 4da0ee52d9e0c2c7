package org.godwit.lab.simulation;

import inet.ipaddr.IPAddressString;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.godwit.lab.simulation.Hypervisors.DomainState;
import org.godwit.mcs.ims.Enrolment;
import org.godwit.mcs.precheck.Manner;
import org.godwit.mcs.runner.ConcurrencyLimits;
import org.godwit.mcs.runner.HomeNetwork;
import org.godwit.mcs.runner.Migrations;
import org.godwit.mcs.runner.RefusedException;
import org.godwit.mcs.runner.StepLimits;
import org.godwit.mcs.store.ConflictException;
import org.godwit.mcs.store.Database;
import org.godwit.mcs.store.InventoryStore;
import org.godwit.mcs.store.MigrationRecord;
import org.godwit.mcs.store.SqliteMappingStore;
import org.godwit.mcs.store.TakenOverException;
import org.godwit.mcs.store.Vm;
import org.godwit.mcs.workflow.MigrationState.Outcome;
import org.godwit.model.CopyOptions;
import org.godwit.model.Epoch;
import org.godwit.model.Gateway;
import org.godwit.model.HomeAddress;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MigrationPhase;
import org.godwit.model.Name;
import org.godwit.model.SitePrefix;
import org.godwit.model.StallAction;
import org.godwit.model.Strategy;
import org.godwit.planner.prediction.Budgets;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;

/**
 * One history of a few VMs that are sent around among three sites while everything dies, disappears and comes back. After a
 * while nothing fails any more; then everything must come to rest, and be in order.
 */
public final class Simulation {

    private static final HomeNetwork NETWORK = new HomeNetwork(SitePrefix.of("2001:db8:face::/64"),
            new IPAddressString("2001:db8:c::1").getAddress().toIPv6(), 4342);
    /** A copy is given up in minutes, so that a history need not last for days. */
    private static final StepLimits LIMITS = new StepLimits(Duration.ofSeconds(10), Duration.ofSeconds(30),
            Duration.ofMinutes(3), Duration.ofMinutes(3));
    private static final List<String> SITES = List.of("a", "b", "c");
    private static final int VMS = 4;
    /** Longer than any limit of a step, with all the attempts that follow. */
    private static final Duration REST = Duration.ofMinutes(40);
    private static final int HISTORY_MAX = 1000;
    /** When the disk forgets, it forgets no more than that. */
    private static final Duration SYNC_INTERVAL = Duration.ofSeconds(10);
    /** Then nothing fails any more, and each VM is asked to move once again. */
    private static final Duration ENCORE = Duration.ofMinutes(20);
    private static final Duration LEASE = Duration.ofSeconds(10);
    /** While words are late, repeated and lost, a question takes as long as that. */
    private static final Duration TROUBLED_LEASE = Duration.ofMinutes(5);
    /** An operator has been told long before. */
    private static final Duration UNTOLD_MAX = Duration.ofMinutes(5);
    /** An agent's own attempts may take minutes each. */
    private static final Duration ALONE_MAX = Duration.ofMinutes(15);
    private static final Duration LOOK = Duration.ofSeconds(2);
    /** Each VM is asked to move so often when nothing fails any more, and each time it must. */
    private static final int ENCORES = 3;
    private static final Duration ENCORE_INTERVAL = Duration.ofMinutes(5);
    private static final Duration ENCORE_RETRY = Duration.ofSeconds(10);
    /** Much shorter than a lease or any limit of a step: nobody may take that for a failure. */
    private static final Duration BLINK_MAX = Duration.ofSeconds(4);

    private final long seed;
    private final Chance chance;
    private final VirtualTime time = new VirtualTime();
    private final Hypervisors hypervisors;
    private final SimulatedNetwork network;
    private final SimulatedMappings mappings;
    private final Map<Name, SimulatedHost> hosts = new LinkedHashMap<>();
    private final SpoiltDisk disk;
    private final Database database;
    private final InventoryStore inventory;
    private final Deque<Supplier<String>> history = new ArrayDeque<>();
    private final List<UUID> begun = new ArrayList<>();
    /** By their ids, the VMs of those of which it is not known that they have ended. */
    private final Map<UUID, Name> underWay = new LinkedHashMap<>();
    /** Since when the mapping server names a host where the VM does not run, though its own host could say so. */
    private final Map<UUID, Duration> misled = new LinkedHashMap<>();
    /** Since when its peers are told that a VM will come somewhere, though nobody migrates it. */
    private final Map<UUID, Duration> expectedInVain = new LinkedHashMap<>();
    private final Set<UUID> encores = new LinkedHashSet<>();
    /** Migrations that have truly lost their VM. */
    private final Set<UUID> lost = new LinkedHashSet<>();
    private ServerProcess process;
    private Migrations migrations;
    private Duration serving = Duration.ZERO;
    private Duration calmSince = Duration.ZERO;
    private long looks;
    private List<Vm> vms = List.of();

    /** How migrations ended, by outcome. */
    public record Tally(Map<Outcome, Integer> outcomes) {

        public static final Tally NONE = new Tally(Map.of());

        public Tally plus(Tally other) {
            Map<Outcome, Integer> sum = new EnumMap<>(Outcome.class);
            sum.putAll(outcomes);
            other.outcomes.forEach((outcome, count) -> sum.merge(outcome, count, Integer::sum));
            return new Tally(sum);
        }

        public int migrations() {
            return outcomes.values().stream().mapToInt(Integer::intValue).sum();
        }
    }

    private Simulation(long seed, Set<Fence> off) {
        this.seed = seed;
        chance = new Chance(seed);
        disk = new SpoiltDisk(off);
        database = Database.inMemory(disk::instead);
        inventory = new InventoryStore(database, time);
        hypervisors = new Hypervisors(time, chance, this::violated);
        network = new SimulatedNetwork(time, chance, off);
        mappings = new SimulatedMappings(off);
        Map<String, Name> hostsByUri = new LinkedHashMap<>();
        for (String site : SITES) {
            Gateway gateway = new Gateway(LinkLocalAddress.of("fe80::" + site + "1"),
                    MacAddress.of("02:00:00:00:00:" + site + "1"), SitePrefix.of("2001:db8:" + site + "::/64"));
            Name host = Name.of("host-" + site);
            inventory.addSite(Name.of(site));
            inventory.addGateway(Name.of(site), gateway);
            inventory.addHost(host, Name.of(site));
            hosts.put(host, new SimulatedHost(host, gateway, time, chance, hypervisors, off, hostsByUri, this::note,
                    this::violated));
        }
        hosts.values().forEach(network::connect);
        hosts.forEach((name, host) -> host.live(() -> network.hasSession(name)));
        hypervisors.whenPaused(network::paused);
        hypervisors.whenResumed((name, vm) -> {
            hosts.get(name).arrived(vm);
            network.resumed(name, vm);
        });
        for (int i = 1; i <= VMS; i++) {
            register(i);
        }
        vms = inventory.vms();
        sync();
        startServer();
    }

    /**
     * Lives through one history.
     *
     * @param migrations how many are asked for; some are refused
     * @param off which fences are missing
     * @throws Violation when something has happened that must never happen
     */
    public static Tally run(long seed, int migrations, Set<Fence> off) {
        Simulation simulation = new Simulation(seed, off);
        try {
            return simulation.run(migrations);
        } finally {
            simulation.database.close();
        }
    }

    private Tally run(int wanted) {
        Duration at = Duration.ZERO;
        for (int i = 0; i < wanted; i++) {
            at = at.plus(chance.between(Duration.ofMillis(100), Duration.ofSeconds(60)));
            time.after(at, this::askForMigration);
        }
        Duration troubled = at.plusSeconds(60);
        for (Duration next = Duration.ZERO; next.compareTo(troubled) < 0; next = next
                .plus(chance.between(Duration.ofSeconds(5), Duration.ofMinutes(4)))) {
            time.after(next, this::makeTrouble);
        }
        time.after(troubled, this::calmDown);
        time.after(troubled.plus(ENCORE), () -> hosts.keySet().forEach(this::blink));
        for (int i = 0; i < ENCORES * VMS; i++) {
            Name vm = Name.of("vm" + (1 + i % VMS));
            time.after(troubled.plus(ENCORE).plusSeconds(i).plus(ENCORE_INTERVAL.multipliedBy(i / VMS)),
                    () -> encore(vm));
        }
        look();
        live(troubled.plus(REST));
        return judge();
    }

    private void live(Duration until) {
        boolean goesOn = true;
        while (goesOn) {
            try {
                goesOn = time.step(until);
            } catch (ServerProcess.Died _) {
                // What else it did in this turn did not happen.
            }
        }
    }

    // ---- what happens ----

    private void register(int number) {
        Name host = chance.oneOf(List.copyOf(hosts.keySet()));
        Name name = Name.of("vm" + number);
        UUID uuid = new UUID(0x4000L, 0x8000_0000_0000_0000L | number);
        HomeAddress hoa = HomeAddress.of("2001:db8:face::" + number);
        MacAddress mac = MacAddress.of("52:54:00:00:00:0" + number);
        inventory.addVm(new Vm(name, name.text(), uuid, hoa, host, Epoch.NONE));
        hypervisors.boot(new GuestState(name, uuid, hoa, mac, host), host);
        mappings.begin(hoa, hosts.get(host).moaOf(mac));
        new SqliteMappingStore(database).saveEnrolment(Enrolment.of(hoa, MappingKey.of(new byte[32])));
    }

    /** Mostly of a VM that has rest, as operators do. */
    private void askForMigration() {
        List<Name> names = vms.stream().map(Vm::name).toList();
        List<Name> resting = names.stream().filter(vm -> !isUnderWay(vm)).toList();
        askForMigration(chance.oneOf(resting.isEmpty() || chance.oneIn(10) ? names : resting));
    }

    private boolean isUnderWay(Name vm) {
        return underWay.containsValue(vm);
    }

    private void askForMigration(Name vm) {
        if (process.isDead() || process.hangs()) {
            return;
        }
        Name target = chance.oneIn(10) ? chance.oneOf(List.copyOf(hosts.keySet())) : elsewhere(vm);
        Manner manner = manner();
        try {
            boolean rehearsal = chance.oneIn(10);
            UUID id = (rehearsal
                    ? migrations.rehearse(vm, target, manner)
                    : migrations.begin(vm, target, manner))
                    .state()
                    .plan().id();
            begun(id, vm);
            note(() -> vm + (rehearsal ? " rehearses to go to " : " shall go to ") + target);
            if (chance.oneIn(6)) {
                time.after(chance.between(Duration.ofMillis(1), Duration.ofSeconds(60)), () -> cancel(id));
            }
        } catch (RefusedException | ConflictException | TakenOverException e) {
            note(() -> vm + " to " + target + " was refused: " + e.getMessage());
        }
    }

    /** Pre-copies stall as soon as one is told of their progress. */
    private Manner manner() {
        Strategy strategy = chance.oneOf(List.of(Strategy.PRE_COPY, Strategy.PRE_COPY, Strategy.PRE_COPY,
                Strategy.HYBRID_COPY, Strategy.SUSPENDED, Strategy.COLD, Strategy.COLD));
        CopyOptions options = CopyOptions.STANDARD.within(Optional.of(Duration.ofSeconds(1)));
        return new Manner(Optional.of(strategy), Budgets.NONE, strategy == Strategy.PRE_COPY
                ? options.onStall(chance.oneOf(List.of(StallAction.values())))
                : options);
    }

    private void begun(UUID id, Name vm) {
        disk.sync();
        begun.add(id);
        underWay.put(id, vm);
    }

    private Name elsewhere(Name vm) {
        Name here = inventory.vm(vm).orElseThrow().host();
        return chance.oneOf(hosts.keySet().stream().filter(host -> !host.equals(here)).toList());
    }

    /** Nothing fails now, so this succeeds. */
    private void encore(Name vm) {
        Name target = elsewhere(vm);
        try {
            UUID id = migrations.begin(vm, target, Manner.of(chance.oneIn(3) ? Strategy.COLD : Strategy.PRE_COPY))
                    .state().plan().id();
            begun(id, vm);
            encores.add(id);
            note(() -> vm + " shall go to " + target + ", and nothing is in its way");
        } catch (RefusedException | ConflictException | TakenOverException e) {
            note(() -> vm + " to " + target + " was refused: " + e.getMessage());
            time.after(ENCORE_RETRY, () -> encore(vm));
        }
    }

    /** A session ends and is there again at once. */
    private void blink(Name host) {
        note(() -> host + " blinks");
        network.cut(host, chance.between(Duration.ofMillis(200), BLINK_MAX));
        time.after(chance.between(Duration.ofSeconds(5), Duration.ofSeconds(60)), () -> blink(host));
    }

    /** Of a post-copy that broke; mostly too early, as operators do. */
    private void abandon(MigrationRecord record) {
        if (record.state().phase() == MigrationPhase.RECOVERY && chance.isTrouble(3)) {
            try {
                migrations.abandon(record.state().plan().id());
                note(() -> "an operator gives " + record.state().plan().vm().name() + " up");
            } catch (RefusedException | TakenOverException _) {
                // it goes on
            }
        }
    }

    /** Once its migration has ended, an operator starts a lost VM where the inventory has it. */
    private void restart(UUID uuid) {
        Vm vm = inventory.vms().stream().filter(it -> it.uuid().equals(uuid)).findFirst().orElseThrow();
        if (migrations.running(vm.name()).isPresent()) {
            return;
        }
        MigrationRecord last = last(vm.name());
        expect(vm, "is lost, and its migration ended as " + last.state().outcome(),
                last.state().outcome() == Outcome.LOST);
        expect(vm, "is lost, and has a MoA staged", mappings.find(vm.hoa()).flatMap(Mapping::staged).isEmpty());
        hosts.values().forEach(host -> expect(vm, "is lost, and has a dummy bridge at " + host.name(),
                !host.staging().contains(uuid)));
        note(() -> vm.name() + " was lost, and is started anew at " + vm.host());
        lost.add(last.state().plan().id());
        MacAddress mac = hypervisors.guest(uuid).mac;
        hypervisors.boot(new GuestState(vm.name(), uuid, vm.hoa(), mac, vm.host()), vm.host());
        mappings.reinstate(vm.hoa(), hosts.get(vm.host()).moaOf(mac), vm.epoch());
    }

    /** That was not refused: since it was lost somebody may have wanted it to move. */
    private MigrationRecord last(Name vm) {
        return begun.reversed().stream().map(id -> migrations.find(id).orElseThrow())
                .filter(record -> record.state().plan().vm().name().equals(vm))
                .filter(record -> record.state().outcome() != Outcome.REFUSED).findFirst().orElseThrow();
    }

    private void sync() {
        disk.sync();
        time.after(SYNC_INTERVAL, this::sync);
    }

    private void cancel(UUID id) {
        if (process.isDead() || process.hangs()) {
            return;
        }
        try {
            migrations.cancel(id);
            note(() -> "an operator cancels");
        } catch (RefusedException | TakenOverException _) {
            // too late
        }
    }

    private void makeTrouble() {
        if (chance.isCalm()) {
            return;
        }
        Name host = chance.oneOf(List.copyOf(hosts.keySet()));
        switch (chance.oneOf(List.of(Trouble.values()))) {
            case SERVER_DIES -> killServer(process);
            case SERVER_HANGS -> hang(process);
            case AGENT_DIES -> killAgent(whereItHurts(host));
            case SESSION_ENDS -> {
                note(() -> host + " is cut off");
                network.cut(host, chance.between(Duration.ofMillis(10), Duration.ofMinutes(10)));
            }
        }
    }

    /** In the middle of a copy, if there is one. */
    private Name whereItHurts(Name any) {
        List<Name> copying = hosts.keySet().stream().filter(hypervisors::copiesFrom).toList();
        return copying.isEmpty() ? any : chance.oneOf(copying);
    }

    private void killAgent(Name host) {
        note(() -> "the agent of " + host + " dies");
        hosts.get(host).restartAgent();
        network.cut(host, chance.between(Duration.ofMillis(300), Duration.ofMinutes(3)));
    }

    private enum Trouble {
        SERVER_DIES, SERVER_HANGS, AGENT_DIES, SESSION_ENDS
    }

    private void startServer() {
        ServerProcess started = new ServerProcess(time);
        process = started;
        serving = time.now();
        Runnable trouble = () -> {
            if (started.isDead() || started.hangs()) {
                return;
            }
            if (chance.isTrouble(60)) {
                // A future may swallow what is thrown: so it is dead already.
                killServer(started);
                throw new ServerProcess.Died();
            }
            if (chance.isTrouble(200)) {
                hang(started);
            }
        };
        migrations = new Migrations(database, network.view(started, trouble), mappings.seenBy(started, trouble),
                NETWORK, LIMITS, ConcurrencyLimits.DEFAULT, started, time, () -> {
                    started.die();
                    network.gone(started);
                });
        migrations.resume();
    }

    private void killServer(ServerProcess victim) {
        if (victim.isDead()) {
            return;
        }
        victim.die();
        network.gone(victim);
        if (victim == process) {
            disk.crash();
            note(() -> "the control server dies");
            startAnotherAfter(chance.between(Duration.ofMillis(100), Duration.ofMinutes(5)));
        }
    }

    /** Whoever watches over it takes it for dead and starts another one, whether it goes on or not. */
    private void hang(ServerProcess victim) {
        if (victim.isDead() || victim != process) {
            return;
        }
        Duration length = chance.between(Duration.ofSeconds(5), Duration.ofMinutes(5));
        note(() -> "the control server hangs for " + length);
        victim.hang(length);
        // Its sockets are alive for a while.
        hosts.keySet().forEach(host -> time.after(chance.between(Duration.ofSeconds(5), Duration.ofMinutes(6)),
                () -> network.cut(host, chance.between(Duration.ofMillis(10), Duration.ofSeconds(5)))));
        startAnotherAfter(chance.between(Duration.ofSeconds(1), Duration.ofMinutes(2)));
    }

    private void startAnotherAfter(Duration pause) {
        ServerProcess before = process;
        time.after(pause, () -> {
            if (process == before) {
                note(() -> "another control server starts");
                startServer();
            }
        });
    }

    // ---- what must be at every moment ----

    private void look() {
        boolean served = !process.isDead() && !process.hangs();
        if (!served) {
            serving = time.now();
        }
        for (Vm vm : vms) {
            lookForMisled(vm, served);
            lookForExpectedInVain(vm, served);
            lookForOff(vm, served);
            for (SimulatedHost host : hosts.values()) {
                if (host.aloneFor().compareTo(ALONE_MAX) > 0 && host.hasUnfinished(vm.uuid())) {
                    violated(vm.name() + " waits at " + host.name() + ", which is alone and does nothing");
                }
            }
        }
        if (served) {
            hypervisors.lost().forEach(this::restart);
        }
        if (looks++ % 15 == 0) {
            underWay.keySet().retainAll(migrations.running().values());
            if (served) {
                underWay.keySet().forEach(id -> abandon(migrations.find(id).orElseThrow()));
            }
            if (time.now().minus(serving).compareTo(UNTOLD_MAX) > 0) {
                underWay.keySet().forEach(id -> lookForUntold(migrations.find(id).orElseThrow()));
            }
        }
        time.after(LOOK, this::look);
    }

    /** The binding may only point elsewhere for as long as nobody can say so. */
    private void lookForMisled(Vm vm, boolean served) {
        Optional<Name> host = hypervisors.whereItRuns(vm.uuid());
        boolean right = host.isEmpty() || !served || !network.isCommanded(host.get())
                || mappings.find(vm.hoa()).flatMap(Mapping::active)
                        .filter(hosts.get(host.get()).moaOf(hypervisors.guest(vm.uuid()).mac)::equals).isPresent();
        if (right) {
            misled.remove(vm.uuid());
            return;
        }
        Duration since = misled.computeIfAbsent(vm.uuid(), _ -> time.now());
        Duration most = chance.isCalm() && time.now().compareTo(calmSince.plus(ENCORE)) > 0 ? LEASE : TROUBLED_LEASE;
        if (time.now().minus(since).compareTo(most) > 0) {
            violated(vm.name() + " runs at " + host.get() + ", and for " + most + " everybody is told "
                    + mappings.find(vm.hoa()));
        }
    }

    private void lookForExpectedInVain(Vm vm, boolean served) {
        boolean right = !served || mappings.find(vm.hoa()).flatMap(Mapping::staged).isEmpty()
                || migrations.running(vm.name()).isPresent();
        if (right) {
            expectedInVain.remove(vm.uuid());
        } else if (time.now().minus(expectedInVain.computeIfAbsent(vm.uuid(), _ -> time.now())).compareTo(LEASE) > 0) {
            violated(vm.name() + " is not migrated, and for " + LEASE + " everybody is told that it will come: "
                    + mappings.find(vm.hoa()));
        }
    }

    /** What a rollback had to leave, since a host was away or a guest did not answer, somebody puts right later. */
    private void lookForOff(Vm vm, boolean served) {
        Optional<Name> host = hypervisors.whereItRuns(vm.uuid());
        boolean right = host.isPresent() && hypervisors.guest(vm.uuid()).enrolled && hosts.keySet().stream()
                .noneMatch(it -> hypervisors.state(vm.uuid(), it).filter(DomainState.OFF::equals).isPresent());
        if (right || !served || isUnderWay(vm.name()) || migrations.running(vm.name()).isPresent()
                || hypervisors.lost().contains(vm.uuid())) {
            return;
        }
        if (host.isEmpty()) {
            violated(vm.name() + " is off, and nobody migrates it");
        }
        MigrationRecord last = last(vm.name());
        if (last.state().outcome() == Outcome.COMPLETED) {
            expect(vm, "does not know who it is, and its migration has completed",
                    hypervisors.guest(vm.uuid()).enrolled);
            expect(vm, "may still be started where it was, and its migration has completed",
                    hypervisors.state(vm.uuid(), last.state().plan().source()).isEmpty());
        }
        begun.stream().map(id -> migrations.find(id).orElseThrow().state())
                .filter(state -> state.plan().vm().name().equals(vm.name()))
                .filter(state -> state.outcome() == Outcome.ROLLED_BACK).map(state -> state.plan().target()).distinct()
                .filter(target -> hypervisors.state(vm.uuid(), target).filter(DomainState.OFF::equals).isPresent())
                .forEach(target -> {
                    note(() -> "an operator undefines " + vm.name() + " at " + target);
                    hypervisors.undefine(vm.uuid(), target);
                });
        // As when its agent dials in.
        hypervisors.guest(vm.uuid()).enrol(host.get());
    }

    /** Who waits for its turn waits for others, which are looked at, too. */
    private void lookForUntold(MigrationRecord record) {
        Instant since = record.phases().getLast().startedAt();
        boolean late = record.admittedAt().map(turn -> turn.isAfter(since) ? turn : since)
                .filter(from -> Duration.between(from, time.instant()).compareTo(UNTOLD_MAX) > 0).isPresent();
        if (late && record.state().phase() != MigrationPhase.COPYING
                && record.state().outcome() == Outcome.RUNNING) {
            violated(record.state().plan().vm().name() + " is in phase " + record.state().phase()
                    + " for longer than it should be, and nobody is told");
        }
    }

    private void calmDown() {
        note(() -> "from here on nothing fails any more");
        chance.calmDown();
        calmSince = time.now();
    }

    // ---- what must be ----

    private Tally judge() {
        Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
        for (UUID id : begun) {
            MigrationRecord record = migrations.find(id).orElseThrow();
            Name vm = record.state().plan().vm().name();
            if (record.endedAt().isEmpty()) {
                violated(vm + " stands still in phase " + record.state().phase() + " "
                        + record.state().knowledge().failure());
            }
            if (record.state().outcome() == Outcome.LOST && !lost.contains(id)) {
                violated(vm + " was given up for lost");
            }
            if (encores.contains(id) && record.state().outcome() != Outcome.COMPLETED) {
                violated(vm + " did not go though nothing was in its way: " + record.state().knowledge().failure());
            }
            outcomes.merge(record.state().outcome(), 1, Integer::sum);
        }
        inventory.vms().forEach(this::judge);
        return new Tally(outcomes);
    }

    private void judge(Vm vm) {
        Name host = hypervisors.whereItRuns(vm.uuid()).orElse(null);
        if (host == null) {
            violated(vm.name() + " runs nowhere");
            return;
        }
        expect(vm, "is said to be at " + vm.host() + " and runs at " + host, vm.host().equals(host));
        GuestState inside = hypervisors.guest(vm.uuid());
        expect(vm, "sends for the site of " + inside.activeFor + " from " + host, inside.activeFor.equals(host));
        expect(vm, "does not know who it is", inside.enrolled);
        expect(vm, "is armed still", !inside.armed && inside.stagedFor.isEmpty());
        expect(vm, "is mapped to " + mappings.find(vm.hoa()) + " and runs at " + host,
                mappings.find(vm.hoa()).flatMap(Mapping::active)
                        .filter(hosts.get(host).moaOf(inside.mac)::equals).isPresent());
        expect(vm, "has a MoA staged", mappings.find(vm.hoa()).flatMap(Mapping::staged).isEmpty());
        for (SimulatedHost other : hosts.values()) {
            expect(vm, "has a dummy bridge left at " + other.name(), !other.staging().contains(vm.uuid()));
            expect(vm, "is left at " + other.name(), other.name().equals(host)
                    || hypervisors.state(vm.uuid(), other.name()).isEmpty());
        }
    }

    private void expect(Vm vm, String otherwise, boolean holds) {
        if (!holds) {
            violated(vm.name() + " " + otherwise);
        }
    }

    /** Told only when something has gone wrong. */
    private void note(Supplier<String> what) {
        Duration now = time.now();
        history.add(() -> now + " " + what.get());
        if (history.size() > HISTORY_MAX) {
            history.remove();
        }
    }

    /** @param what begins with the VM's name */
    private void violated(String what) {
        String vm = what.substring(0, what.indexOf(' '));
        throw new Violation(seed, what, history.stream().map(Supplier::get)
                .filter(line -> !line.contains(" vm") || line.contains(" " + vm + " ")).toList());
    }
}
