package org.godwit.lab.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.godwit.lab.Host;
import org.godwit.lab.LabException;
import org.godwit.lab.process.Running;

/** What the QEMUs of some hosts say of a VM, with the time at which they said it: libvirt passes their events on. */
public final class QemuEvents {

    private static final Pattern LINE = Pattern.compile(
            "event (\\w+) at (\\d+)\\.(\\d{6}) for domain '([^']*)': (?:<null>|(.*))");
    private static final Pattern STATUS = Pattern.compile("\"status\":\"([a-z-]+)\"");

    private final Map<Host, Running> followers = new LinkedHashMap<>();

    /**
     * One event.
     *
     * @param what QEMU's name for it; for MIGRATION its status behind a slash
     * @param atUs in µs since 1970, by the clock of QEMU's machine
     */
    public record Event(String what, long atUs) {}

    /** Follows what is said on these hosts from now on. */
    public QemuEvents(List<Host> hosts) {
        for (Host host : hosts) {
            // Without a terminal virsh would keep its lines until there are many.
            followers.put(host, host.start("qemu-events", List.of("stdbuf", "--output=L", "virsh", "-q", "-c",
                    "qemu:///system", "qemu-monitor-event", "--loop")));
        }
    }

    /** The first such event on a host at or after a time. @throws LabException when there was none */
    public Event first(Host host, String what, long fromUs) {
        return on(host).stream().filter(event -> event.what().equals(what) && event.atUs() >= fromUs)
                .min(Comparator.comparingLong(Event::atUs))
                .orElseThrow(() -> new LabException("QEMU on " + host + " did not say " + what));
    }

    private List<Event> on(Host host) {
        try {
            return parse(Files.readAllLines(followers.get(host).log()));
        } catch (IOException e) {
            throw new UncheckedIOException("the events of " + host + " cannot be read", e);
        }
    }

    /** Lines that are no events are left out. */
    static List<Event> parse(List<String> lines) {
        List<Event> events = new ArrayList<>();
        for (String line : lines) {
            Matcher event = LINE.matcher(line);
            if (event.matches()) {
                Matcher status = STATUS.matcher(Optional.ofNullable(event.group(5)).orElse(""));
                events.add(new Event(event.group(1) + (status.find() ? "/" + status.group(1) : ""),
                        Long.parseLong(event.group(2)) * 1_000_000 + Long.parseLong(event.group(3))));
            }
        }
        return events;
    }
}
