package org.godwit.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.godwit.model.Gateway;
import org.godwit.model.MacAddress;

/**
 * Throw-away network namespaces around one node with the interfaces eth0 and eth1: a gateway behind each, with a real radvd.
 * Every name carries the process id of the test; closing removes everything.
 */
final class Testbed implements AutoCloseable {

    private final String prefix = "ga" + ProcessHandle.current().pid();
    private final Path folder;
    private final List<Process> processes = new ArrayList<>();
    private final List<String> namespaces = new ArrayList<>();
    private boolean mounted;

    Testbed() throws IOException {
        folder = Files.createTempDirectory(prefix);
        namespace("node");
        in("node", "ip", "link", "set", "lo", "up");
    }

    /** What is missing on this machine, in words. */
    static String lack() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return "root";
        }
        return Files.exists(Path.of("/usr/sbin/radvd")) ? "" : "radvd (Debian package radvd)";
    }

    private String namespace(String name) {
        String full = prefix + name;
        if (!namespaces.contains(full)) {
            run(List.of("ip", "netns", "add", full));
            namespaces.add(full);
        }
        return full;
    }

    /** A veth pair between the node's interface and a gateway. */
    void link(String nic, MacAddress mac, Gateway gateway) {
        String far = "gw" + nic;
        String node = namespace("node");
        String router = namespace(far);
        run(List.of("ip", "link", "add", "name", nic, "netns", node, "address", mac.text(), "type", "veth", "peer",
                "name", "link", "netns", router, "address", gateway.mac().text()));
        in(far, "sysctl", "-qw", "net.ipv6.conf.all.forwarding=1");
        in(far, "ip", "link", "set", "dev", "link", "addrgenmode", "none", "up");
        in(far, "ip", "addr", "add", gateway.linkLocal() + "/64", "dev", "link", "nodad");
    }

    /** The gateway of this link begins to advertise its prefix. */
    void advertise(String nic, Gateway gateway) throws IOException {
        String far = "gw" + nic;
        Path conf = folder.resolve(far + ".conf");
        Files.writeString(conf, """
                interface link {
                  AdvSendAdvert on;
                  MinRtrAdvInterval 3;
                  MaxRtrAdvInterval 10;
                  prefix %s { AdvOnLink on; AdvAutonomous on; };
                };
                """.formatted(gateway.prefix()));
        start(far, List.of("radvd", "-n", "-m", "stderr", "-C", conf.toString(), "-p",
                folder.resolve(far + ".pid").toString()), ProcessBuilder.Redirect.DISCARD);
    }

    /** Runs to its end in a namespace and returns what it said. */
    String in(String name, String... command) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace(name)));
        all.addAll(List.of(command));
        return run(all);
    }

    /** Starts the agent in the node's namespace, its log in {@link #log}. */
    Process agent(String... arguments) throws IOException {
        return start("node", java(Main.class, arguments), ProcessBuilder.Redirect.appendTo(logFile().toFile()));
    }

    /** Runs a command of the agent in the node's namespace. Returns what it says. */
    String command(String... arguments) {
        return in("node", java(Main.class, arguments).toArray(String[]::new));
    }

    /** Runs {@link PeerProcess} to its end. */
    String peerProcess(String name, String... arguments) {
        return in(name, java(PeerProcess.class, arguments).toArray(String[]::new));
    }

    /** Starts {@link PeerProcess}; its errors are in the log too. */
    Process startPeerProcess(String name, String... arguments) throws IOException {
        return start(name, java(PeerProcess.class, arguments),
                ProcessBuilder.Redirect.appendTo(logFile().toFile()));
    }

    /** Starts something else; its errors are in the log too. */
    Process start(String name, String... command) throws IOException {
        return start(name, List.of(command), ProcessBuilder.Redirect.appendTo(logFile().toFile()));
    }

    private static List<String> java(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "-Xmx24m", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** A BPF file system of our own: {@code ip netns exec} hides the usual one. */
    Path bpfFileSystem() throws IOException {
        Path mount = folder.resolve("bpf");
        if (!mounted) {
            Files.createDirectory(mount);
            run(List.of("mount", "-t", "bpf", "bpf", mount.toString()));
            mounted = true;
        }
        return mount;
    }

    private Path logFile() {
        return folder.resolve("agent.log");
    }

    String log() throws IOException {
        return Files.readString(logFile());
    }

    /** Something that holds a secret, readable by root only. */
    Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private Process start(String name, List<String> command, ProcessBuilder.Redirect errors) throws IOException {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace(name)));
        all.addAll(command);
        Process process = new ProcessBuilder(all).redirectError(errors).start();
        processes.add(process);
        return process;
    }

    private static String run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readNBytes(100_000), UTF_8);
            if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new AssertionError(command + " failed: " + said);
            }
            return said;
        } catch (IOException e) {
            throw new AssertionError(command + " failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        for (Process process : processes) {
            process.destroy();
            process.onExit().completeOnTimeout(process, 5, TimeUnit.SECONDS).join();
            process.destroyForcibly().onExit().join();
        }
        if (mounted) {
            run(List.of("umount", bpfFileSystem().toString()));
        }
        for (String namespace : namespaces) {
            run(List.of("ip", "netns", "delete", namespace));
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
