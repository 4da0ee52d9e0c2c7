package org.godwit.lab.simulation;

import inet.ipaddr.IPAddressString;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
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
import org.godwit.mcs.store.Vm;
import org.godwit.mcs.workflow.MigrationState.Outcome;
import org.godwit.model.Epoch;
import org.godwit.model.Gateway;
import org.godwit.model.HomeAddress;
import org.godwit.model.LinkLocalAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.MigrationPhase;
import org.godwit.model.Name;
import org.godwit.model.SitePrefix;
import org.godwit.model.Strategy;
import org.godwit.protocol.lisp.Mapping;

/**
 * One history of a few VMs that are sent around among three sites while everything dies, disappears and comes back. After a
 * while nothing fails any more; then everything must come to rest, and be in order.
 */
public final class Simulation {

    private static final HomeNetwork NETWORK = new HomeNetwork(SitePrefix.of("2001:db8:face::/64"),
            new IPAddressString("2001:db8:c::1").getAddress().toIPv6(), 4342);
    /** A copy is given up in minutes, so that a history need not last for days. */
    private static final StepLimits LIMITS = new StepLimits(Duration.ofSeconds(10), Duration.ofSeconds(30),
            Duration.ofMinutes(3));
    private static final List<String> SITES = List.of("a", "b", "c");
    private static final int VMS = 4;
    /** Longer than any limit of a step, with all the attempts that follow. */
    private static final Duration REST = Duration.ofMinutes(30);
    private static final int HISTORY_MAX = 1000;
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

    private final long seed;
    private final Chance chance;
    private final VirtualTime time = new VirtualTime();
    private final Hypervisors hypervisors;
    private final SimulatedNetwork network;
    private final SimulatedMappings mappings;
    private final Map<Name, SimulatedHost> hosts = new LinkedHashMap<>();
    private final Database database = Database.inMemory();
    private final InventoryStore inventory = new InventoryStore(database, time);
    private final Deque<String> history = new ArrayDeque<>();
    private final List<UUID> begun = new ArrayList<>();
    private final List<UUID> underWay = new ArrayList<>();
    /** Since when the mapping server names a host where the VM does not run, though its own host could say so. */
    private final Map<UUID, Duration> misled = new LinkedHashMap<>();
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
        hypervisors = new Hypervisors(time, chance, this::violated);
        network = new SimulatedNetwork(time, chance);
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
        Duration again = troubled.plus(ENCORE);
        for (int i = 1; i <= VMS; i++) {
            Name vm = Name.of("vm" + i);
            time.after(again.plusSeconds(i), () -> askForMigration(vm));
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
    }

    private void askForMigration() {
        askForMigration(Name.of("vm" + (1 + chance.oneOf(List.of(0, 1, 2, 3)))));
    }

    private void askForMigration(Name vm) {
        if (process.isDead() || process.hangs()) {
            return;
        }
        Name target = chance.oneOf(List.copyOf(hosts.keySet()));
        Strategy strategy = chance.oneIn(4) ? Strategy.HYBRID_COPY : Strategy.PRE_COPY;
        try {
            boolean rehearsal = chance.oneIn(10);
            UUID id = (rehearsal
                    ? migrations.rehearse(vm, target, Manner.of(strategy))
                    : migrations.begin(vm, target, Manner.of(strategy)))
                    .state()
                    .plan().id();
            begun.add(id);
            underWay.add(id);
            note(vm + (rehearsal ? " rehearses to go to " : " shall go to ") + target);
            if (chance.oneIn(6)) {
                time.after(chance.between(Duration.ofMillis(1), Duration.ofSeconds(60)), () -> cancel(id));
            }
        } catch (RefusedException | ConflictException e) {
            note(vm + " to " + target + " was refused: " + e.getMessage());
        }
    }

    private void cancel(UUID id) {
        if (process.isDead() || process.hangs()) {
            return;
        }
        try {
            migrations.cancel(id);
            note("an operator cancels");
        } catch (RefusedException _) {
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
            case AGENT_DIES -> {
                note("the agent of " + host + " dies");
                hosts.get(host).restartAgent();
                network.cut(host, chance.between(Duration.ofMillis(300), Duration.ofMinutes(3)));
            }
            case SESSION_ENDS -> {
                note(host + " is cut off");
                network.cut(host, chance.between(Duration.ofMillis(10), Duration.ofMinutes(10)));
            }
        }
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
            note("the control server dies");
            startAnotherAfter(chance.between(Duration.ofMillis(100), Duration.ofMinutes(5)));
        }
    }

    /** Whoever watches over it takes it for dead and starts another one, whether it goes on or not. */
    private void hang(ServerProcess victim) {
        if (victim.isDead() || victim != process) {
            return;
        }
        Duration length = chance.between(Duration.ofSeconds(5), Duration.ofMinutes(5));
        note("the control server hangs for " + length);
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
                note("another control server starts");
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
            for (SimulatedHost host : hosts.values()) {
                if (host.aloneFor().compareTo(ALONE_MAX) > 0 && host.hasUnfinished(vm.uuid())) {
                    violated(vm.name() + " waits at " + host.name() + ", which is alone and does nothing");
                }
            }
        }
        if (looks++ % 30 == 0 && time.now().minus(serving).compareTo(UNTOLD_MAX) > 0) {
            underWay.removeIf(id -> lookForUntold(migrations.find(id).orElseThrow()));
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

    /** @return whether it has ended */
    private boolean lookForUntold(MigrationRecord record) {
        boolean late = record.endedAt().isEmpty() && record.state().phase() != MigrationPhase.COPYING && Duration
                .between(record.phases().getLast().startedAt(), time.instant()).compareTo(UNTOLD_MAX) > 0;
        if (late && record.state().outcome() == Outcome.RUNNING) {
            violated(record.state().plan().vm().name() + " is in phase " + record.state().phase()
                    + " for longer than it should be, and nobody is told");
        }
        return record.endedAt().isPresent();
    }

    private void calmDown() {
        note("from here on nothing fails any more");
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
            if (record.state().outcome() == Outcome.LOST) {
                violated(vm + " was given up for lost");
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

    private void note(String what) {
        history.add(time.now() + " " + what);
        if (history.size() > HISTORY_MAX) {
            history.remove();
        }
    }

    /** @param what begins with the VM's name */
    private void violated(String what) {
        String vm = what.substring(0, what.indexOf(' '));
        throw new Violation(seed, what, history.stream()
                .filter(line -> !line.contains(" vm") || line.contains(" " + vm + " ")).toList());
    }
}
