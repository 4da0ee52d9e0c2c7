package org.godwit.lab.experiment.mirroring;

import java.util.List;
import org.godwit.planner.prediction.MirroringEquations;
import org.godwit.planner.simulation.CopyStrategy;
import org.godwit.planner.simulation.Mirroring;
import org.godwit.planner.simulation.PreCopy;

/** What Table 1 compares, with its numbers. */
enum Subject {

    PRE_COPY("pre-copy", PreCopy.USUAL, 14, 49, 1434, List.of(192.360, 77.672, 63.356, 51.867, 50.433)), LRU("LRU",
            PreCopy.LRU, 12, 47, 1232, List.of(169.880, 71.576, 59.288, 49.457, 48.228)), MIRRORING("mirroring",
                    Mirroring.OF_CACHE_LINES, 10, 15, 1052, List.of(117.400, 35.480, 25.240, 17.048, 16.024));

    /** The column of Table 1 that is headed "Link Speed (GHz)". */
    static final List<Double> LINK_SPEEDS = List.of(100.0, 500.0, 1000.0, 5000.0, 10_000.0);

    /** Above Table 1: "VM Size: 1024 GB". */
    static final int TABLE_SIZE = 1024;

    private final String text;
    private final CopyStrategy strategy;
    private final int dataSignals;
    private final double overheads;
    private final double headTime;
    private final List<Double> seconds;

    /**
     * @param dataSignals "Data" in the head of the column: eta 1
     * @param overheads that the column's numbers have, found by solving equation 1: the paper does not tell
     * @param headTime "Time" in the head of the column
     * @param seconds by link speed
     */
    Subject(String text, CopyStrategy strategy, int dataSignals, double overheads, double headTime,
            List<Double> seconds) {
        this.text = text;
        this.strategy = strategy;
        this.dataSignals = dataSignals;
        this.overheads = overheads;
        this.headTime = headTime;
        this.seconds = seconds;
    }

    CopyStrategy strategy() {
        return strategy;
    }

    double headTime() {
        return headTime;
    }

    /** What Table 1 says. */
    double printedSeconds(double linkSpeed) {
        return seconds.get(LINK_SPEEDS.indexOf(linkSpeed));
    }

    /** Equation 4 with control signals of no size, which is what Table 1 was made with. */
    MirroringEquations equations(double size, double linkSpeed) {
        return new MirroringEquations(size, 0, linkSpeed, dataSignals, 0, overheads);
    }

    /** As a multiple of what mirroring sends, which the paper says is the memory once. */
    double printedTimesSent() {
        return dataSignals / (double) MIRRORING.dataSignals;
    }

    /** As it stands in tables. */
    @Override
    public String toString() {
        return text;
    }
}
