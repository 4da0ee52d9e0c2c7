package org.godwit.lab.bench;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Supplier;
import org.godwit.lab.Host;
import org.godwit.lab.LabException;
import org.godwit.lab.house.Meter;
import org.godwit.lab.meter.Measurement;
import org.godwit.lab.process.Processes;

/**
 * One migration, as the meter at the peer and the QEMUs of both hosts saw it. Moments are in µs since 1970, by the one clock
 * of the lab's machine.
 *
 * @param load of the machine when it began, the mean of one minute
 * @param orderedUs when the migration was asked for
 * @param stopUs the VM stood still
 * @param askedUs its QEMU asked libvirt whether to go on (status pre-switchover)
 * @param toldUs libvirt had said so (status device)
 * @param sentUs all of it was at the target (status completed)
 * @param resumeUs libvirt had let it run there
 * @param quiet the second before it
 * @param whole all of it, and a second more
 * @param at from just before the VM stood still
 */
public record Landing(double load, long orderedUs, long stopUs, long askedUs, long toldUs, long sentUs, long resumeUs,
        Measurement quiet, Measurement whole, Measurement at) {

    /** A gap that ends after STOP began before it; so much earlier at most, or the VM had been silent for another reason. */
    private static final long BEFORE_STOP_US = 50_000;
    private static final Duration SECOND = Duration.ofSeconds(1);

    /**
     * Lets a VM migrate, and measures that.
     *
     * @param name of the windows of measurement, unlike any other's of this meter
     * @param move migrates it; answers when it was asked for
     * @throws LabException when it fails, or the VM is not heard afterwards
     */
    public static Landing of(Meter meter, QemuEvents events, String name, Host source, Host target,
            Supplier<Instant> move) {
        double load = Machine.loadNow();
        meter.awaitFlow(name + "-before");
        meter.begin(name + "-quiet");
        Processes.rest(SECOND);
        Measurement quiet = meter.end(name + "-quiet");
        meter.begin(name);
        long orderedUs = micros(move.get());
        meter.awaitFlow(name);
        Processes.rest(SECOND);
        Measurement whole = meter.end(name);
        if (whole.edges() == null) {
            throw new LabException("no traffic flowed with the VM on its way to " + target);
        }
        long fromUs = whole.edges().windowStartUs();
        long stopUs = events.first(source, "STOP", fromUs).atUs();
        Landing landing = new Landing(load, orderedUs, stopUs,
                events.first(source, "MIGRATION/pre-switchover", fromUs).atUs(),
                events.first(source, "MIGRATION/device", fromUs).atUs(),
                events.first(source, "MIGRATION/completed", fromUs).atUs(),
                events.first(target, "RESUME", fromUs).atUs(), quiet, whole,
                meter.look(name + "-landing", stopUs - BEFORE_STOP_US));
        if (landing.at().edges() == null) {
            throw new LabException("no traffic flowed with the VM after it had landed at " + target);
        }
        return landing;
    }

    /** When the VM's first probe after the landing was at the peer. */
    public long heardUs() {
        return at.edges().vmToPeerEndUs();
    }

    /** How long the vCPUs stood still. */
    public double pauseMs() {
        return ms(stopUs, resumeUs);
    }

    /** When probes had passed in both directions. */
    public long answeredUs() {
        return Math.max(heardUs(), at.edges().peerToVmEndUs());
    }

    /** T_ALL: from the order until probes had passed in both directions. */
    public double allMs() {
        return ms(orderedUs, answeredUs());
    }

    /** From one moment to another. */
    public static double ms(long fromUs, long toUs) {
        return (toUs - fromUs) / 1e3;
    }

    /** In µs since 1970. */
    public static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
