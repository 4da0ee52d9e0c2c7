package org.godwit.lab.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.godwit.lab.Host;
import org.godwit.lab.LabException;
import org.godwit.lab.Vm;
import org.godwit.lab.VmSize;
import org.godwit.lab.demo.TwoSites;
import org.godwit.lab.house.Meter;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImage;

/**
 * Two hosts at site a and one at site b, and a VM that can go either way from the first: to the neighbour on the same link,
 * as libvirt alone would move it, or to the other site with Godwit.
 */
final class ThreeHosts implements AutoCloseable {

    private static final Duration PROBE_INTERVAL = Duration.ofMillis(1);

    private final TwoSites sites;
    private final QemuEvents events;
    private final Meter meter;

    private ThreeHosts(TwoSites sites, Path out) {
        this.sites = sites;
        this.events = new QemuEvents(sites.hosts());
        this.meter = Meter.start(sites.correspondent(), TwoSites.PEER_HOA, TwoSites.VM_HOA, PROBE_INTERVAL, out);
    }

    /**
     * Builds the scene up to a VM that runs at home and is measured.
     *
     * @param bandwidthMbit of each host's link; 0 leaves it as it is
     * @param out where the meter writes, and logs go when something fails
     */
    static ThreeHosts open(Qemu qemu, Path root, GuestImage image, VmSize size, int bandwidthMbit,
            Path out, Consumer<String> narrator) {
        TwoSites sites = TwoSites.open(qemu, root, image,
                new TwoSites.Plan(size, bandwidthMbit, TwoSites.Part.NEIGHBOUR), out, narrator);
        return sites.lab().furnished(out.resolve("logs"), _ -> new ThreeHosts(sites, out));
    }

    Host home() {
        return sites.hostA();
    }

    /** Where the VM goes from home. */
    Host awayFor(Subject subject) {
        return switch (subject) {
            case GLOBAL -> sites.hostB();
            case ORDINARY -> sites.neighbour();
        };
    }

    Meter meter() {
        return meter;
    }

    QemuEvents events() {
        return events;
    }

    /**
     * Moves the VM, and returns when whoever moves it says that this is done.
     *
     * @return when it was ordered
     * @throws LabException when it fails
     */
    Instant move(Subject subject, Host source, Host target) {
        Vm vm = sites.vm();
        return switch (subject) {
            case GLOBAL -> sites.house().migrate(vm.name(), target).ordered(target);
            case ORDINARY -> source.migrateByLibvirt(vm.name().text(), target, List.of());
        };
    }

    /** What libvirt tells of the migration that brought the VM to a host: virDomainGetJobStats, by the names there. */
    Map<String, Long> statistics(Host target) {
        return target.virsh("domjobinfo", sites.vm().name().text(), "--completed", "--rawstats").lines()
                .map(line -> line.split(":")).filter(pair -> pair.length == 2 && pair[1].strip().matches("\\d+"))
                .collect(Collectors.toMap(pair -> pair[0].strip(), pair -> Long.parseLong(pair[1].strip())));
    }

    /** Keeps what programs and guests have written. */
    void saveLogs(Path folder) {
        sites.saveLogs(folder);
    }

    @Override
    public void close() {
        meter.close();
        sites.close();
    }
}
