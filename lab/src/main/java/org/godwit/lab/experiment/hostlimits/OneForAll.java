package org.godwit.lab.experiment.hostlimits;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.godwit.lab.Node;
import org.godwit.lab.network.RadvdConf;
import org.godwit.lab.process.Patience;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Running;
import org.godwit.model.Gateway;

/** One radvd that announces on all bridges, told of each change by SIGHUP. No black holes. */
final class OneForAll implements Announcer {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Node host;
    private final Gateway gateway;
    private final Path folder;
    private final Path conf;
    private final TreeSet<Integer> staged = new TreeSet<>();
    private Running radvd;

    OneForAll(Node host, Gateway gateway, Path folder) {
        this.host = host;
        this.gateway = gateway;
        this.folder = folder;
        this.conf = folder.resolve("all.conf");
    }

    @Override
    public void stage(int number, String tap) {
        String bridge = bridge(number);
        ip("link add " + bridge + " address " + gateway.mac()
                + " type bridge stp_state 0 forward_delay 0 mcast_snooping 0",
                "link set " + bridge + " addrgenmode none", "link set " + tap + " master " + bridge + " up",
                "addr add " + gateway.linkLocal() + "/64 dev " + bridge + " nodad", "link set " + bridge + " up");
        host.run("sysctl", "-qw", "net.ipv6.conf." + bridge + ".forwarding=1");
        staged.add(number);
        announce();
    }

    @Override
    public void remove(int number) {
        staged.remove(number);
        announce();
        ip("link del " + bridge(number));
    }

    @Override
    public String bridge(int number) {
        return "all" + number;
    }

    @Override
    public Path folder() {
        return folder;
    }

    private void announce() {
        try {
            Files.createDirectories(folder);
            Files.writeString(conf, staged.stream().map(number -> new RadvdConf(bridge(number), gateway).text())
                    .collect(Collectors.joining()));
            Files.setPosixFilePermissions(conf, PosixFilePermissions.fromString("rw-r--r--"));
        } catch (IOException e) {
            throw new UncheckedIOException(conf + " cannot be written", e);
        }
        if (radvd == null) {
            radvd = host.start("radvd-for-all", List.of("radvd", "--nodaemon", "--config", conf.toString(), "--pidfile",
                    folder.resolve("all.pid").toString(), "--logmethod", "stderr"));
            new Patience(InstantSource.system()).until(LIMIT, () -> Files.exists(folder.resolve("all.pid")),
                    () -> radvd.complaint("does not start"));
        } else {
            Processes.run(LIMIT, List.of("kill", "-HUP", Long.toString(radvd.pid())));
        }
    }

    private void ip(String... lines) {
        Processes.run(LIMIT, host.enter(List.of("ip", "-batch", "-")), String.join("\n", lines) + "\n", Map.of());
    }
}
