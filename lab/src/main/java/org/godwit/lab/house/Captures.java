package org.godwit.lab.house;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.godwit.lab.Node;
import org.godwit.lab.process.Processes;
import org.godwit.lab.process.Running;

/** What goes over the wires of some nodes, kept in files. */
public final class Captures implements AutoCloseable {

    private static final Duration READ_LIMIT = Duration.ofSeconds(60);
    /** Headers are kept, payload is not. */
    private static final String SNAP_BYTES = "160";

    private final Map<Path, Running> files = new LinkedHashMap<>();
    private final Path folder;

    public Captures(Path folder) {
        this.folder = folder;
    }

    /** Captures one interface of a node from now on. */
    public void add(Node node, String device) {
        Path file = folder.resolve(node.name() + "-" + device + ".pcap");
        files.put(file, node.start("tcpdump-" + device,
                List.of("tcpdump", "-i", device, "-U", "-n", "-s", SNAP_BYTES, "-w", file.toString(), "ip6")));
    }

    /** The capture files. */
    public List<Path> files() {
        return List.copyOf(files.keySet());
    }

    /** Ends the captures and counts, over all files, the packets that match a filter of tcpdump. */
    public long count(String filter) {
        close();
        long packets = 0;
        for (Path file : files.keySet()) {
            List<String> command = List.of("tcpdump", "-n", "--count", "-r", file.toString(), filter);
            packets += Processes.run(READ_LIMIT, command).text().lines()
                    .filter(line -> line.matches("\\d+ packets?")).mapToLong(line -> Long.parseLong(line.split(" ")[0]))
                    .sum();
        }
        return packets;
    }

    @Override
    public void close() {
        files.values().forEach(Running::close);
    }
}
