package org.godwit.mcs.ims;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/** @param instants dates what outlives the process @param nanos measures time; for example {@code System::nanoTime} */
public record Clocks(InstantSource instants, LongSupplier nanos) {

    public Clocks {
        requireNonNull(instants, "instants is null");
        requireNonNull(nanos, "nanos is null");
    }
}
