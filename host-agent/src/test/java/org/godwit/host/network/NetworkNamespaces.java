package org.godwit.host.network;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.godwit.host.program.ProgramException;
import org.godwit.host.program.Programs;

/** Throw-away namespaces of one test, named after this process; closing removes them and all that is in them. */
final class NetworkNamespaces implements AutoCloseable {

    private static final AtomicInteger SEQUENCE = new AtomicInteger();
    private static final Duration TIME_LIMIT = Duration.ofSeconds(10);

    private final Programs outside = new Programs(List.of(), TIME_LIMIT);
    private final String prefix = "gwhat-" + ProcessHandle.current().pid() + "-" + SEQUENCE.incrementAndGet() + "-";
    private final List<String> names;

    NetworkNamespaces(String... names) {
        this.names = List.of(names);
        this.names.forEach(name -> outside.require("", "ip", "netns", "add", prefix + name));
        this.names.forEach(name -> ip(name, "link set lo up"));
    }

    /** What is missing here for a test with namespaces, in words; empty when nothing is. */
    static String lack() {
        try (NetworkNamespaces trial = new NetworkNamespaces("t")) {
            Programs programs = trial.in("t");
            programs.require("", "nft", "list", "ruleset");
            programs.run("", "radvd", "--version");
            programs.run("", "ndisc6", "-V");
            return "";
        } catch (ProgramException e) {
            return e.getMessage();
        }
    }

    Programs in(String name) {
        return new Programs(List.of("ip", "netns", "exec", prefix + name), TIME_LIMIT);
    }

    void ip(String name, String... lines) {
        outside.require(String.join("\n", lines) + "\n", "ip", "-n", prefix + name, "-batch", "-");
    }

    /** A cable between two namespaces. */
    void connect(String name, String link, String peerName, String peerLink) {
        outside.require("", "ip", "link", "add", link, "netns", prefix + name, "type", "veth", "peer", "name", peerLink,
                "netns", prefix + peerName);
    }

    @Override
    public void close() {
        names.forEach(name -> outside.run("", "ip", "netns", "delete", prefix + name));
    }
}
