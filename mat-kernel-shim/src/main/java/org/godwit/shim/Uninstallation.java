package org.godwit.shim;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Takes away what {@link KernelDataPlane#install} and {@link KernelDataPlane#attach} have put in place, and nothing else. */
final class Uninstallation {

    private Uninstallation() {}

    /** Also where half of it is gone already, or never was there. */
    static void run(Pins pins) {
        if (!pins.has(Abi.MAP_HOOKS)) {
            run(Set.of(), Optional.of(pins));
            return;
        }
        int fd = pins.open(Abi.MAP_HOOKS);
        try {
            run(new BpfMap(fd, Abi.HOOK_BYTES), Optional.of(pins));
        } finally {
            Libc.close(fd);
        }
    }

    static void run(BpfMap hooks, Optional<Pins> pins) {
        Set<Integer> qdiscsOfOurs = new HashSet<>();
        hooks.keys(Integer.BYTES).forEach(key -> qdiscsOfOurs.add(BpfMap.number(key)));
        run(qdiscsOfOurs, pins);
    }

    private static void run(Set<Integer> qdiscsOfOurs, Optional<Pins> pins) {
        for (int index : Libc.interfaces()) {
            Attachment.detach(index, Libbpf.Hook.INGRESS);
            Attachment.detach(index, Libbpf.Hook.EGRESS);
            // Others may have put filters of theirs into it meanwhile.
            if (qdiscsOfOurs.contains(index) && !IpCommand.hasFilters(Libc.interfaceName(index))) {
                Libbpf.removeQdisc(index);
            }
        }
        HomeInterface.remove();
        IpCommand.run(List.of("route flush proto " + KernelDataPlane.ROUTE_PROTOCOL));
        pins.ifPresent(Pins::removeAll);
    }
}
