package org.godwit.lab.experiment.hostlimits;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.godwit.host.network.DesiredHostNetwork;
import org.godwit.host.network.DummyBridge;
import org.godwit.host.network.LinuxNetwork;
import org.godwit.host.program.Programs;
import org.godwit.lab.Node;
import org.godwit.model.Gateway;

/** As the host agent does it, and by its own code: a radvd for each bridge, and a black hole around each. */
final class OneEach implements Announcer {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final LinuxNetwork network;
    private final Gateway gateway;
    private final Path folder;

    OneEach(Node host, Gateway gateway, Path folder) {
        this.network = new LinuxNetwork(new Programs(host.enter(List.of()), LIMIT), (_, _) -> {}, "br-site", folder);
        this.gateway = gateway;
        this.folder = folder;
    }

    @Override
    public void stage(int number, String tap) {
        network.apply(DesiredHostNetwork.of(dummy(number, tap)));
    }

    @Override
    public void remove(int number) {
        network.removeStaging(vm(number));
    }

    @Override
    public String bridge(int number) {
        return dummy(number, "none").name();
    }

    @Override
    public Path folder() {
        return folder;
    }

    private DummyBridge dummy(int number, String tap) {
        return new DummyBridge(vm(number), gateway, tap);
    }

    /** A bridge is named by how the UUID begins. */
    private static UUID vm(int number) {
        return new UUID((long) number << 32 | 0x4000, 0x8000_0000_0000_0000L | number);
    }
}
