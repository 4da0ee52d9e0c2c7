package org.godwit.lab.experiment.mirroring;

import org.godwit.planner.Link;

/** What the paper's link speed may mean. */
enum LinkUnit {

    /** By its section on the simulation: "within [10 Mbps, 10 Gbps]". */
    MEGABITS("Mbit/s", 1e6 / 8),

    /** By its Table 1, whose numbers are megabytes divided by the link speed. */
    MEGABYTES("MB/s", 1 << 20);

    /** The paper has none. */
    private static final double DELAY_SECONDS = 0.0001;

    private final String text;
    private final double bytesPerSecond;

    LinkUnit(String text, double bytesPerSecond) {
        this.text = text;
        this.bytesPerSecond = bytesPerSecond;
    }

    Link link(double speed) {
        return new Link(speed * bytesPerSecond, DELAY_SECONDS);
    }

    @Override
    public String toString() {
        return text;
    }
}
