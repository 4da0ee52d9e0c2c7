package org.godwit.planner.simulation;

import org.godwit.planner.Checks;

/**
 * A guest's habits. Accesses go to the hot part of the memory, or on in a stream through all of it (files read and written), or
 * anywhere.
 *
 * @param accessesPerSecond to pages, zero or more; further accesses to a page just touched do not count
 * @param writeShare of the accesses, 0 to 1
 * @param hotShare of the memory that is hot, above 0 to 1
 * @param hotAccesses share of the accesses that go there, 0 to 1
 * @param streamAccesses share of the accesses that go on in the stream; with {@code hotAccesses} at most 1
 */
public record Profile(double accessesPerSecond, double writeShare, double hotShare, double hotAccesses,
        double streamAccesses) {

    /** Nothing but timers. */
    public static final Profile IDLE = new Profile(200, 0.3, 0.002, 0.98, 0);

    /** AMVM 5.2, V8's benchmarks: a heap that is written all the time. */
    public static final Profile MEMORY_BOUND = new Profile(46_000, 0.6, 0.15, 0.998, 0.001);

    /** AMVM 5.3, a video: a smaller heap, frames going through. */
    public static final Profile CPU_BOUND = new Profile(32_000, 0.6, 0.14, 0.98, 0.01);

    /** AMVM 5.4, bonnie++ with direct I/O: buffers used again and again, little else. */
    public static final Profile IO_BOUND = new Profile(12_000, 0.5, 0.05, 0.97, 0.02);

    /** @throws IllegalArgumentException when out of range */
    public Profile {
        Checks.notNegative("accesses a second", accessesPerSecond);
        Checks.share("the share of writes", writeShare);
        Checks.share("the hot share of the memory", Checks.positive("the hot share of the memory", hotShare));
        Checks.share("the share of accesses to the hot part", hotAccesses);
        Checks.share("the share of accesses that stream", streamAccesses);
        if (hotAccesses + streamAccesses > 1) {
            throw new IllegalArgumentException("hot and streaming accesses are shares of one whole, got "
                    + hotAccesses + " and " + streamAccesses);
        }
    }

    /** Nothing but writes, evenly over a part of the memory: what the models assume. */
    public static Profile writing(double pagesPerSecond, double workingSetShare) {
        return new Profile(pagesPerSecond, 1, workingSetShare, 1, 0);
    }
}
