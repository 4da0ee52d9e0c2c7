package org.godwit.lab;

import static java.util.Objects.requireNonNull;

import inet.ipaddr.ipv6.IPv6Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Running;
import org.godwit.model.Name;

/** One machine of the lab: a network namespace of its own, in which programs can be started. */
public sealed class Node permits SiteGateway, MountedNode {

    private static final Duration QUICK = Duration.ofSeconds(30);

    private final Lab lab;
    private final Name name;
    private final IPv6Address address;

    Node(Lab lab, Name name, IPv6Address address) {
        this.lab = requireNonNull(lab, "lab is null");
        this.name = requireNonNull(name, "name is null");
        this.address = requireNonNull(address, "address is null");
    }

    public Name name() {
        return name;
    }

    /** The global address by which other nodes reach this one. */
    public IPv6Address address() {
        return address;
    }

    /** The network namespace, for {@code ip netns exec} and {@code ip -n}. */
    public String namespace() {
        return lab.id().namespaceOf(name);
    }

    /** The command that runs another one on this node. */
    public List<String> enter(List<String> command) {
        return prefixed(List.of("nsenter", "--net=/run/netns/" + namespace(), "--"), command);
    }

    /** Runs a program of this node to its end and answers what it wrote. @throws LabException when it fails */
    public String run(String... command) {
        return run(QUICK, List.of(command));
    }

    /** Runs a program of this node to its end and answers what it wrote. @throws LabException when it fails */
    public String run(Duration limit, List<String> command) {
        return Processes.run(limit, enter(command)).text();
    }

    /**
     * Starts a program that stays until the lab ends, or until it is closed.
     *
     * @param label names its log and its pid file; unique on this node
     */
    public Running start(String label, List<String> command) {
        return start(label, command, Map.of());
    }

    /**
     * Starts a program that stays until the lab ends, or until it is closed.
     *
     * @param label names its log and its pid file; unique on this node
     * @param environment added to this process's own
     */
    public Running start(String label, List<String> command, Map<String, String> environment) {
        return lab.start(name + "." + label, enter(command), environment);
    }

    /** The command lines of the processes that run on this node. */
    public List<String> processes() {
        return Processes.run(QUICK, List.of("ip", "netns", "pids", namespace())).text().lines()
                .map(pid -> ProcessHandle.of(Long.parseLong(pid)).flatMap(process -> process.info().commandLine()))
                .flatMap(Optional::stream).toList();
    }

    Lab lab() {
        return lab;
    }

    /** One list after the other. */
    public static List<String> prefixed(List<String> prefix, List<String> command) {
        List<String> whole = new ArrayList<>(prefix);
        whole.addAll(command);
        return List.copyOf(whole);
    }

    @Override
    public String toString() {
        return name.text();
    }
}
