package org.godwit.lab.bench;

import java.time.Instant;
import org.godwit.lab.Host;

/**
 * One migration as the QEMUs of both hosts saw it. Moments are in µs since 1970, by the one clock of the lab's machine.
 *
 * @param target the host's name
 * @param orderedUs when it was asked for
 * @param stopUs the VM stood still
 * @param resumeUs it ran at the target
 */
public record Passage(String target, long orderedUs, long stopUs, long resumeUs) {

    /** One that has been. @throws org.godwit.lab.LabException when the VM has not stood still, or not run again */
    public static Passage of(QemuEvents events, Host source, Host target, Instant ordered) {
        long orderedUs = Landing.micros(ordered);
        return new Passage(target.name().text(), orderedUs, events.first(source, "STOP", orderedUs).atUs(),
                events.first(target, "RESUME", orderedUs).atUs());
    }

    /** The vCPUs stood still. */
    public double pauseMs() {
        return Landing.ms(stopUs, resumeUs);
    }

    /** Everything before that: preparation, too. */
    public double untilPauseMs() {
        return Landing.ms(orderedUs, stopUs);
    }
}
