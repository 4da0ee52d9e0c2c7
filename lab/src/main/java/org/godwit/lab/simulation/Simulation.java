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
import java.util.Set;
import java.util.UUID;
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
import org.godwit.model.Name;
import org.godwit.model.SitePrefix;

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
    private ServerProcess process;
    private Migrations migrations;

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
        mappings = new SimulatedMappings();
        Map<String, Name> hostsByUri = new LinkedHashMap<>();
        for (String site : SITES) {
            Gateway gateway = new Gateway(LinkLocalAddress.of("fe80::" + site + "1"),
                    MacAddress.of("02:00:00:00:00:" + site + "1"), SitePrefix.of("2001:db8:" + site + "::/64"));
            Name host = Name.of("host-" + site);
            inventory.addSite(Name.of(site));
            inventory.addGateway(Name.of(site), gateway);
            inventory.addHost(host, Name.of(site));
            hosts.put(host, new SimulatedHost(host, gateway, time, chance, hypervisors, off, hostsByUri, this::note));
        }
        hosts.values().forEach(network::connect);
        hypervisors.whenPaused(network::paused);
        hypervisors.whenResumed(network::resumed);
        for (int i = 1; i <= VMS; i++) {
            register(i);
        }
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
                .plus(chance.between(Duration.ofSeconds(1), Duration.ofSeconds(60)))) {
            time.after(next, this::makeTrouble);
        }
        time.after(troubled, this::calmDown);
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
        mappings.activate(hoa, hosts.get(host).moaOf(mac), Epoch.NONE);
    }

    private void askForMigration() {
        if (process.isDead()) {
            return;
        }
        Name vm = Name.of("vm" + (1 + chance.oneOf(List.of(0, 1, 2, 3))));
        Name target = chance.oneOf(List.copyOf(hosts.keySet()));
        try {
            UUID id = migrations.begin(vm, target).state().plan().id();
            begun.add(id);
            note(vm + " shall go to " + target);
            if (chance.oneIn(6)) {
                time.after(chance.between(Duration.ofMillis(1), Duration.ofSeconds(60)), () -> cancel(id));
            }
        } catch (RefusedException | ConflictException e) {
            note(vm + " to " + target + " was refused: " + e.getMessage());
        }
    }

    private void cancel(UUID id) {
        if (process.isDead()) {
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
            case SERVER_DIES -> killServer();
            case AGENT_DIES -> {
                note("the agent of " + host + " dies");
                hosts.get(host).restartAgent();
                network.cut(host, chance.between(Duration.ofMillis(300), Duration.ofSeconds(60)));
            }
            case SESSION_ENDS -> {
                note(host + " is cut off");
                network.cut(host, chance.between(Duration.ofMillis(10), Duration.ofSeconds(120)));
            }
        }
    }

    private enum Trouble {
        SERVER_DIES, AGENT_DIES, SESSION_ENDS
    }

    private void startServer() {
        process = new ServerProcess(time);
        Runnable maybeDie = () -> {
            if (!process.isDead() && chance.isTrouble(60)) {
                // A future may swallow what is thrown: so it is dead already.
                killServer();
                throw new ServerProcess.Died();
            }
        };
        mappings.beforeEach(maybeDie);
        migrations = new Migrations(database, network.view(maybeDie), mappings, NETWORK, LIMITS,
                ConcurrencyLimits.DEFAULT, process, time);
        migrations.resume();
    }

    private void killServer() {
        if (process.isDead()) {
            return;
        }
        note("the control server dies");
        process.die();
        time.after(chance.between(Duration.ofMillis(100), Duration.ofSeconds(90)), () -> {
            note("the control server starts");
            startServer();
        });
    }

    private void calmDown() {
        note("from here on nothing fails any more");
        chance.calmDown();
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
        expect(vm, "is mapped to " + mappings.lookup(vm.hoa()) + " and runs at " + host,
                mappings.lookup(vm.hoa()).flatMap(mapping -> mapping.active())
                        .filter(hosts.get(host).moaOf(inside.mac)::equals).isPresent());
        expect(vm, "has a MoA staged", mappings.lookup(vm.hoa()).flatMap(mapping -> mapping.staged()).isEmpty());
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
