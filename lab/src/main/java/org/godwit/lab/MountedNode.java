package org.godwit.lab;

import inet.ipaddr.ipv6.IPv6Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.godwit.lab.process.Running;
import org.godwit.model.Name;

/**
 * A node that also has its own mount namespace. A process that only sleeps holds it, so that later programs can be started
 * in it; it vanishes with its mounts when its last process ends.
 */
public sealed class MountedNode extends Node permits Host, Correspondent, HomeGateway {

    private static final Duration HOLDER_LIMIT = Duration.ofSeconds(10);

    private Running holder;

    MountedNode(Lab lab, Name name, IPv6Address address) {
        super(lab, name, address);
    }

    @Override
    public List<String> enter(List<String> command) {
        return prefixed(List.of("nsenter", "--target", Long.toString(holder().pid()), "--net", "--mount", "--"),
                command);
    }

    /**
     * Makes the mount namespace, with a /sys that shows this node's devices. Mounts made in it stay in it; what the
     * machine unmounts, such as another lab's network namespace, disappears here, too.
     */
    void hold() {
        holder = lab().start(name() + ".mounts", List.of("nsenter", "--net=/run/netns/" + namespace(), "--", "unshare",
                "--mount", "--propagation", "slave", "--", "sleep", "infinity"), Map.of());
        // Until it has become "sleep" it may still be in the machine's own namespace, where nothing may be mounted.
        lab().patience().until(HOLDER_LIMIT, this::isHeld, () -> holder.complaint("did not make a mount namespace"));
        mount("-t", "sysfs", "sysfs", "/sys");
        Path folder = lab().folder().node(name());
        replace(Path.of("/etc/hosts"), lab().hostsFile(), folder);
        // Without a server named, a question to DNS fails at once; the machine's servers cannot be reached from here.
        replace(Path.of("/etc/resolv.conf"), "", folder);
    }

    /** Lets the programs of this node see another text in a file of the machine. */
    void replace(Path file, String text, Path folder) {
        Path own = folder.resolve(file.getFileName());
        LabFolder.write(own, text);
        mount("--bind", own.toString(), file.toString());
    }

    void mount(String... arguments) {
        run(HOLDER_LIMIT, prefixed(List.of("mount"), List.of(arguments)));
    }

    private Running holder() {
        if (holder == null) {
            throw new LabException("node " + name() + " is entered before the lab has started: call start() first");
        }
        return holder;
    }

    private boolean isHeld() {
        try {
            Path process = Path.of("/proc", Long.toString(holder.pid()));
            return Files.readString(process.resolve("comm")).equals("sleep\n")
                    && !Files.readSymbolicLink(process.resolve("ns/mnt"))
                            .equals(Files.readSymbolicLink(Path.of("/proc/self/ns/mnt")));
        } catch (IOException e) {
            return false;
        }
    }
}
