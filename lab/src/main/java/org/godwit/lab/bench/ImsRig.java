package org.godwit.lab.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.godwit.lab.Lab;
import org.godwit.lab.LabException;
import org.godwit.lab.Node;
import org.godwit.lab.house.Programs;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Running;
import org.godwit.mcs.ims.FloodRules;
import org.godwit.mcs.ims.ImsPolicy;

/**
 * A node of its own with a mapping server on one processor, and room for who loads it on another. Ports are the servers' own,
 * since nobody else is in that network.
 */
final class ImsRig implements AutoCloseable {

    static final int IMS_PORT = 4342;
    static final int DNS_PORT = 5353;
    static final int SERVER = 0;
    static final int GENERATOR = 1;
    static final int ADMIN_PORT = 4343;

    private static final Duration START_LIMIT = Duration.ofSeconds(120);
    private static final Duration RULES_LIMIT = Duration.ofSeconds(20);
    /** No limit: all questions come from one address. */
    private static final String UNLIMITED = "1000000";

    private final Patience patience = new Patience(InstantSource.system());
    private final Lab lab;
    private final Node node;
    private final Path folder;
    private int starts;

    /** @throws LabException when there is one processor only */
    ImsRig(Path labs) {
        if (Runtime.getRuntime().availableProcessors() < 2) {
            throw new LabException("needs two processors: one for the server, one for who loads it");
        }
        lab = Lab.open(labs);
        try {
            node = lab.node("ims");
            lab.start();
            folder = Files.createDirectories(lab.folder().path().resolve("bench"));
        } catch (IOException e) {
            lab.close();
            throw new UncheckedIOException("the folder of the benchmark cannot be made", e);
        } catch (RuntimeException e) {
            lab.close();
            throw e;
        }
    }

    Node node() {
        return node;
    }

    /** For whatever is written; gone when the rig is closed. */
    Path folder() {
        return folder;
    }

    /** Of a control server that has enrolled the mapping server. */
    Path control() {
        return folder.resolve("control");
    }

    /**
     * Starts a mapping server and waits until it answers.
     *
     * @param heapMb the bound of its Java heap
     * @param limited whether to keep the limits that an installation has, the firewall's among them; but owners register as
     *        often as they like, since few stand for many, and addresses that show which of their registrations was kept
     */
    Running ims(Path data, int heapMb, boolean limited, String... javaOptions) {
        List<String> command = java(heapMb, javaOptions);
        command.addAll(List.of("org.godwit.mcs.ImsMain", "--data", data.toString(), "--ims", "[::1]:" + IMS_PORT,
                "--admin", "[::1]:" + ADMIN_PORT, "--registrations", "unchecked"));
        ImsEnrolment.enrol(control(), data);
        if (limited) {
            load(FloodRules.of(IMS_PORT, ImsPolicy.DEFAULT));
        } else {
            command.addAll(List.of("--questions-per-second", UNLIMITED));
        }
        Running server = node.start("ims-" + ++starts, UdpLoad.pinned(SERVER, command), Programs.environment());
        server.awaitReady(patience, START_LIMIT, () -> says(server, "mapping server listens"), "does not listen");
        return server;
    }

    private void load(String rules) {
        Processes.run(RULES_LIMIT, node.enter(List.of("nft", "-f", "-")), rules, Map.of());
    }

    /** Starts Knot DNS with one worker and waits until it has read its zone. */
    Running knot(List<String> zone) {
        try {
            Path home = Files.createDirectories(folder.resolve("knot"));
            Files.write(home.resolve("zone"), zone);
            Files.write(home.resolve("conf"), List.of("server:", "    rundir: " + home, "    listen: ::1@" + DNS_PORT,
                    "    udp-workers: 1", "    tcp-workers: 1", "    background-workers: 1", "database:",
                    "    storage: " + home, "log:", "  - target: stderr", "    any: info", "zone:",
                    "  - domain: " + ImsBindings.zoneName(), "    storage: " + home, "    file: zone",
                    "    journal-content: none", "    zonefile-load: whole", "    zonefile-sync: -1"));
            Running server = node.start("knot", UdpLoad.pinned(SERVER, List.of("knotd", "-c",
                    home.resolve("conf").toString())));
            server.awaitReady(patience, START_LIMIT, () -> says(server, "zone file parsed") || says(server, "loaded"),
                    "does not read its zone");
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("the name server's files cannot be written", e);
        }
    }

    /** Runs a program of the lab on the generator's processor to its end, and answers what it wrote. */
    String run(String mainClass, Duration limit, List<String> arguments) {
        List<String> command = java(256);
        command.add(mainClass);
        command.addAll(arguments);
        return Processes.run(limit, node.enter(UdpLoad.pinned(GENERATOR, command)), "", Programs.environment()).text();
    }

    private static List<String> java(int heapMb, String... options) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
                "-Xmx" + heapMb + "m", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(List.of(options));
        return command;
    }

    private static boolean says(Running program, String words) {
        try {
            return Files.readString(program.log()).contains(words);
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        lab.close();
    }
}
