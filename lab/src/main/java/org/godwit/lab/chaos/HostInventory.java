package org.godwit.lab.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.godwit.lab.Host;
import org.godwit.lab.process.Processes;

/**
 * What a migration could leave behind on a host, one line each: links, nftables, routing daemons, BPF programs at links and
 * pinned ones, and VMs as libvirt and the kernel know them. Numbers that the kernel or libvirt counts up are left out, so that
 * two inventories of the same state are equal.
 */
record HostInventory(List<String> lines) {

    private static final Duration QUICK = Duration.ofSeconds(30);

    /** libvirt's taps are vnet0, vnet1 and so on, and no number is used twice. */
    private static final String TAP = "vnet[0-9]+";

    HostInventory {
        lines = lines.stream().sorted().toList();
    }

    /** Everything but the relay, which goes on for a while after a VM has left. */
    static HostInventory of(Host host) {
        List<String> lines = new ArrayList<>();
        for (String link : links(host)) {
            lines.add("link " + link.replaceAll(TAP, "vnet*"));
        }
        host.run("nft", "list", "tables").lines()
                .forEach(table -> lines.add("nft " + table.replaceAll(TAP, "vnet*").strip()));
        host.run("find", "/sys/fs/bpf", "-mindepth", "1").lines().forEach(pin -> lines.add("pin " + pin));
        host.virsh("list", "--all", "--name").lines().filter(name -> !name.isBlank())
                .forEach(name -> lines
                        .add("domain " + name.strip() + " " + host.virsh("domstate", name.strip()).strip()));
        List<String> processes = host.processes();
        processes.stream().filter(command -> command.contains("radvd "))
                .forEach(_ -> lines.add("process radvd"));
        processes.stream().filter(command -> command.contains("qemu-system") && command.contains("guest="))
                .forEach(command -> lines.add("process " + command.replaceAll(".*(guest=[^, ]+).*", "qemu $1")));
        return new HostInventory(lines);
    }

    /** The links at which a relay listens. */
    static List<String> relays(Host host) {
        // A link without a classifier is told by an exit code.
        return links(host).stream().filter(link -> Processes.finish(QUICK,
                host.enter(List.of("tc", "filter", "show", "dev", link, "ingress")), "", Map.of()).text()
                .contains("relay_ingress")).map(link -> "relay at " + link).toList();
    }

    /** What is here and not there. */
    List<String> minus(HostInventory other) {
        List<String> rest = new ArrayList<>(lines);
        other.lines.forEach(rest::remove);
        return List.copyOf(rest);
    }

    private static List<String> links(Host host) {
        return host.run("ip", "-o", "link").lines().map(line -> line.split(": ")[1].split("@")[0]).toList();
    }
}
