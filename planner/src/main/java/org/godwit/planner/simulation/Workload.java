package org.godwit.planner.simulation;

/**
 * What a guest does to its memory: accesses in the order of the guest's own time. It stands on one access; {@link #advance} goes
 * to the next. Single-threaded, used once.
 */
public interface Workload {

    /** @return seconds of the time that the guest itself sees, never descending; infinite when nothing comes any more */
    double at();

    /** @return 0 to the number of pages, exclusive */
    int page();

    boolean isWrite();

    void advance();
}
