package org.godwit.lab.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.Map;
import org.godwit.lab.Correspondent;
import org.godwit.lab.Host;
import org.godwit.lab.Lab;
import org.godwit.lab.LabException;
import org.godwit.lab.Node;
import org.godwit.lab.Site;
import org.godwit.lab.Vm;
import org.godwit.lab.VmSize;
import org.godwit.lab.house.House;
import org.godwit.lab.house.Meter;
import org.godwit.lab.hypervisor.Qemu;
import org.godwit.lab.image.GuestImage;
import org.godwit.model.HomeAddress;

/**
 * Two hosts at site a and one at site b, and a VM that can go either way from the first: to the neighbour on the same link,
 * as libvirt alone would move it, or to the other site with Godwit.
 */
final class ThreeHosts implements AutoCloseable {

    private static final HomeAddress VM_HOA = HomeAddress.of("2001:db8:face::1");
    private static final HomeAddress PEER_HOA = HomeAddress.of("2001:db8:face::2");
    private static final Duration PROBE_INTERVAL = Duration.ofMillis(1);

    private final Lab lab;
    private final Host home;
    private final Host neighbour;
    private final Host abroad;
    private final Vm vm;
    private final House house;
    private final QemuEvents events;
    private final Meter meter;

    private ThreeHosts(Lab lab, GuestImage image, VmSize size, int bandwidthMbit, Path out,
            Consumer<String> narrator) {
        this.lab = lab;
        Site siteA = lab.site("a", "2001:db8:a::/64");
        Site siteB = lab.site("b", "2001:db8:b::/64");
        home = lab.host("host-a", siteA).bandwidthMbit(bandwidthMbit);
        neighbour = lab.host("host-a2", siteA).bandwidthMbit(bandwidthMbit);
        abroad = lab.host("host-b", siteB).bandwidthMbit(bandwidthMbit);
        Correspondent correspondent = lab.correspondent("cn");
        Node control = lab.node("mcs");
        vm = lab.vm("vm1").size(size).talksTo(PEER_HOA);
        narrator.accept("two hosts at site a, one at site b, the internet between the sites");
        lab.start();
        narrator.accept("control server, host agents and the correspondent's agent");
        house = House.open(lab, control);
        house.know(siteA);
        house.know(siteB);
        house.know(home, neighbour, abroad);
        house.know(correspondent, PEER_HOA);
        narrator.accept("the VM boots (" + size + ", " + lab.qemu() + ")");
        vm.boot(home, image);
        house.know(vm, home, VM_HOA);
        events = new QemuEvents(List.of(home, neighbour, abroad));
        meter = Meter.start(correspondent, PEER_HOA, VM_HOA, PROBE_INTERVAL, out);
    }

    /**
     * Builds the scene up to a VM that runs at home and is measured.
     *
     * @param bandwidthMbit of each host's link; 0 leaves it as it is
     * @param out where the meter writes, and logs go when something fails
     */
    static ThreeHosts open(Qemu qemu, Path root, GuestImage image, VmSize size, int bandwidthMbit,
            Path out, Consumer<String> narrator) {
        Lab lab = Lab.open(root, qemu);
        try {
            return new ThreeHosts(lab, image, size, bandwidthMbit, out, narrator);
        } catch (RuntimeException e) {
            try (lab) {
                lab.folder().saveLogs(out.resolve("logs"));
            }
            throw e;
        }
    }

    Host home() {
        return home;
    }

    /** Where the VM goes from home. */
    Host awayFor(Subject subject) {
        return switch (subject) {
            case GLOBAL -> abroad;
            case ORDINARY -> neighbour;
        };
    }

    Meter meter() {
        return meter;
    }

    QemuEvents events() {
        return events;
    }

    /** Moves the VM, and returns when whoever moves it says that this is done. @throws LabException when it fails */
    void move(Subject subject, Host source, Host target) {
        switch (subject) {
            case GLOBAL -> house.migrate(vm.name(), target).arrival(target);
            case ORDINARY -> {
                source.limitDowntime(vm.name().text());
                source.migrateByLibvirt(vm.name().text(), target, List.of());
            }
        }
    }

    /** What libvirt tells of the migration that brought the VM to a host: virDomainGetJobStats, by the names there. */
    Map<String, Long> statistics(Host target) {
        return target.virsh("domjobinfo", vm.name().text(), "--completed", "--rawstats").lines()
                .map(line -> line.split(":")).filter(pair -> pair.length == 2 && pair[1].strip().matches("\\d+"))
                .collect(Collectors.toMap(pair -> pair[0].strip(), pair -> Long.parseLong(pair[1].strip())));
    }

    /** Keeps what programs and guests have written. */
    void saveLogs(Path folder) {
        lab.folder().saveLogs(folder);
    }

    @Override
    public void close() {
        meter.close();
        lab.close();
    }
}
