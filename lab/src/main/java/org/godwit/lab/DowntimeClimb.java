package org.godwit.lab;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.godwit.model.DowntimeLadder;

/**
 * Limits the pause of a VM that migrates by libvirt alone by the host agent's own rule: it begins low and climbs with the
 * iterations. Under another limit what Godwit does and what libvirt does alone could not be compared.
 */
final class DowntimeClimb implements AutoCloseable {

    private static final long INTERVAL_MS = 500;
    private static final Pattern ITERATION = Pattern.compile("^memory_iteration:\\s+(\\d+)$", Pattern.MULTILINE);

    private final Host host;
    private final String vm;
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor();
    private Duration limit = Duration.ZERO;

    private DowntimeClimb(Host host, String vm) {
        this.host = host;
        this.vm = vm;
    }

    /** From before the migration until this is closed. */
    static DowntimeClimb begin(Host host, String vm) {
        DowntimeClimb climb = new DowntimeClimb(host, vm);
        climb.allow(DowntimeLadder.STANDARD.limit(0));
        climb.looks.scheduleWithFixedDelay(climb::look, INTERVAL_MS, INTERVAL_MS, TimeUnit.MILLISECONDS);
        return climb;
    }

    private void look() {
        try {
            Matcher iteration = ITERATION.matcher(host.virsh("domjobinfo", vm, "--rawstats"));
            if (iteration.find()) {
                allow(DowntimeLadder.STANDARD.limit(Integer.parseInt(iteration.group(1))));
            }
        } catch (LabException e) {
            // The copy has just ended: whoever ordered it knows how.
        }
    }

    private void allow(Duration next) {
        if (!next.equals(limit)) {
            host.virsh("migrate-setmaxdowntime", vm, Long.toString(next.toMillis()));
            limit = next;
        }
    }

    @Override
    public void close() {
        looks.close();
    }
}
