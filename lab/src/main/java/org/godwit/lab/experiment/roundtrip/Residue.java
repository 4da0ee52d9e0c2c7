package org.godwit.lab.experiment.roundtrip;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.godwit.lab.Node;
import org.godwit.lab.process.Processes;

/**
 * What is there on nodes at a moment, and would grow if anything were left behind.
 *
 * @param interfaces of hosts, loopbacks included
 * @param routes and rules of hosts, IPv6, of all tables
 * @param radvds that run on hosts
 * @param openFiles of control server and agents
 * @param memoryMb of control server and agents: resident, proportional to who shares it
 */
record Residue(long interfaces, long routes, long radvds, long openFiles, double memoryMb) {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String OURS = "org.godwit.";
    /** The meter keeps all that it has seen. */
    private static final String LAB = "org.godwit.lab.";
    private static final double KB_PER_MB = 1024;

    static Residue of(List<? extends Node> hosts, List<? extends Node> all) {
        List<Path> processes = all.stream().flatMap(Residue::processes).distinct().filter(Residue::isOurs).toList();
        return new Residue(lines(hosts, "ip", "-o", "link", "show"),
                lines(hosts, "ip", "-6", "-o", "route", "show", "table", "all")
                        + lines(hosts, "ip", "-6", "rule", "show"),
                hosts.stream().flatMap(host -> host.processes().stream()).filter(line -> line.contains("radvd"))
                        .count(),
                processes.stream().mapToLong(Residue::openFiles).sum(),
                processes.stream().mapToDouble(Residue::memoryKb).sum() / KB_PER_MB);
    }

    private static long lines(List<? extends Node> hosts, String... command) {
        return hosts.stream().mapToLong(host -> host.run(command).lines().count()).sum();
    }

    private static Stream<Path> processes(Node node) {
        return Processes.run(LIMIT, List.of("ip", "netns", "pids", node.namespace())).text().lines()
                .map(pid -> Path.of("/proc", pid.strip()));
    }

    private static boolean isOurs(Path process) {
        String command = read(process.resolve("cmdline"));
        return command.contains(OURS) && !command.contains(LAB);
    }

    private static long openFiles(Path process) {
        try (Stream<Path> files = Files.list(process.resolve("fd"))) {
            return files.count();
        } catch (IOException e) {
            return 0; // It has ended.
        }
    }

    private static double memoryKb(Path process) {
        return read(process.resolve("smaps_rollup")).lines().filter(line -> line.startsWith("Pss:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", ""))).sum();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return ""; // It has ended.
        }
    }
}
