package org.godwit.lab.process;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.godwit.lab.LabException;

/** Waits until something becomes true, never longer than said. */
public record Patience(InstantSource clock) {

    private static final Duration PAUSE = Duration.ofMillis(20);

    public Patience {
        requireNonNull(clock, "clock is null");
    }

    /**
     * @param complaint the message when the limit passes; made then, so that it can quote a log
     * @throws LabException when the limit passes or the thread is interrupted
     */
    public void until(Duration limit, BooleanSupplier condition, Supplier<String> complaint) {
        Instant deadline = clock.instant().plus(limit);
        while (!condition.getAsBoolean()) {
            if (clock.instant().isAfter(deadline)) {
                throw new LabException(complaint.get());
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LabException("interrupted while waiting: " + complaint.get(), e);
            }
        }
    }
}
