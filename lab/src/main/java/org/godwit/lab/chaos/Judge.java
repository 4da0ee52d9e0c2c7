package org.godwit.lab.chaos;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.type.TypeReference;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.godwit.lab.Host;
import org.godwit.lab.LabException;
import org.godwit.lab.chaos.ServerLog.PhaseChange;
import org.godwit.lab.demo.TwoSites;
import org.godwit.lab.process.Processes;
import org.godwit.model.MigrationPhase;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.rest.Resources;

/** Says whether all is as it was: hosts, control server, mapping server, and the way to the VM. */
final class Judge {

    /** What runs side by side with the last phase, such as a supervisor's start, may take so long. */
    private static final Duration ORDER_LIMIT = Duration.ofSeconds(45);
    /** A relay's lifetime, and a restarted agent's. */
    private static final Duration RELAY_LIMIT = Duration.ofSeconds(90);
    private static final Duration PING_LIMIT = Duration.ofSeconds(10);
    private static final long PAUSE_NS = 200_000_000;

    private final TwoSites scene;
    private final InstantSource clock;
    private final Map<Host, HostInventory> withVm;
    private final Map<Host, HostInventory> withoutVm;

    private Judge(TwoSites scene, InstantSource clock, Map<Host, HostInventory> withVm,
            Map<Host, HostInventory> withoutVm) {
        this.scene = requireNonNull(scene, "scene is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.withVm = Map.copyOf(withVm);
        this.withoutVm = Map.copyOf(withoutVm);
    }

    /** Flies to host-b and back, and takes stock. */
    static Judge afterTwoFlights(TwoSites scene, InstantSource clock) {
        Host a = scene.hostA();
        Host b = scene.hostB();
        scene.fly(b);
        HostInventory bWith = HostInventory.of(b);
        HostInventory aWithout = HostInventory.of(a);
        scene.fly(a);
        Judge judge = new Judge(scene, clock, Map.of(a, HostInventory.of(a), b, bWith),
                Map.of(a, aWithout, b, HostInventory.of(b)));
        judge.withVm.values().forEach(inventory -> requireClean(inventory, List.of("radvd", "gws-")));
        judge.withoutVm.values().forEach(
                inventory -> requireClean(inventory, List.of("radvd", "gws-", "vnet", "qemu", "domain")));
        return judge;
    }

    private static void requireClean(HostInventory inventory, List<String> unwanted) {
        List<String> found = inventory.lines().stream().filter(line -> unwanted.stream().anyMatch(line::contains))
                .toList();
        if (!found.isEmpty()) {
            throw new LabException("an undisturbed migration has left " + found);
        }
    }

    /** What is wrong, after everything has had time to come to rest; the VM shall be at this host. */
    List<String> faults(Host home, MigrationPhase end) {
        List<String> faults = new ArrayList<>();
        if (end == MigrationPhase.LOST) {
            faults.add("the control server takes the VM for lost");
        }
        // Side by side: most of the time it is programs that start.
        List<CompletableFuture<List<String>>> looks = Stream.<Supplier<List<String>>>of(() -> hostFaults(home),
                () -> wordFaults(home), this::wayFaults)
                .map(look -> CompletableFuture.supplyAsync(() -> settled(look), Thread::startVirtualThread)).toList();
        looks.forEach(look -> faults.addAll(look.join()));
        return faults;
    }

    private List<String> hostFaults(Host home) {
        return Stream.of(scene.hostA(), scene.hostB())
                .flatMap(host -> differences(host, (host == home ? withVm : withoutVm).get(host)).stream()).toList();
    }

    private static List<String> differences(Host host, HostInventory wanted) {
        HostInventory now = HostInventory.of(host);
        return Stream.concat(now.minus(wanted).stream().map(line -> host + " has a " + line),
                wanted.minus(now).stream().map(line -> host + " lacks " + line)).toList();
    }

    private List<String> wordFaults(Host home) {
        List<String> faults = new ArrayList<>();
        Resources.Vm vm = scene.house().vm(scene.vm().name());
        if (!vm.host().equals(home.name().text())) {
            faults.add("the control server says that the VM is at " + vm.host() + ", and it is at " + home);
        }
        List<Resources.Binding> bindings = scene.house().godwit("binding", "list", "-o", "json")
                .as(new TypeReference<Resources.Items<Resources.Binding>>() {
                }).items().stream()
                .filter(binding -> binding.hoa().equals(TwoSites.VM_HOA.toString()))
                .filter(binding -> !binding.state().equals("retired")).toList();
        if (bindings.size() != 1 || !bindings.getFirst().state().equals("active")
                || !home.site().prefix().contains(MobileAddress.of(bindings.getFirst().moa()))) {
            faults.add("the mapping server has " + bindings);
        }
        return faults;
    }

    private List<String> wayFaults() {
        return Processes.succeeds(PING_LIMIT, scene.correspondent().enter(
                List.of("ping", "-6", "-n", "-c", "1", "-W", "2", TwoSites.VM_HOA.toString())))
                        ? List.of()
                        : List.of("the peer does not reach the VM");
    }

    /** The newest migration, as the control server says; empty while it does not answer. */
    Optional<PhaseChange> lastMigration() {
        try {
            return scene.house().godwit("migration", "list", "-o", "json")
                    .as(new TypeReference<Resources.Items<Resources.Migration>>() {
                    }).items().stream().findFirst()
                    .map(migration -> new PhaseChange(migration.id(), MigrationPhase.valueOf(migration.phase())));
        } catch (LabException e) {
            return Optional.empty();
        }
    }

    List<String> relaysLeft() {
        return settled(RELAY_LIMIT, () -> Stream.of(scene.hostA(), scene.hostB())
                .flatMap(host -> HostInventory.relays(host).stream().map(relay -> host + " has a " + relay)).toList());
    }

    private List<String> settled(Supplier<List<String>> look) {
        return settled(ORDER_LIMIT, look);
    }

    /** Looks until there is nothing wrong, or the time is over. */
    private List<String> settled(Duration limit, Supplier<List<String>> look) {
        Instant deadline = clock.instant().plus(limit);
        while (true) {
            List<String> faults = looked(look);
            if (faults.isEmpty() || clock.instant().isAfter(deadline)) {
                return faults;
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    /** A victim that is not back yet answers nothing. */
    private static List<String> looked(Supplier<List<String>> look) {
        try {
            return look.get();
        } catch (LabException e) {
            return List.of(e.getMessage());
        }
    }
}
