package org.godwit.lab.experiment.watanabe;

import java.util.List;
import java.util.Optional;

/** Table 2 of the paper: means of three. */
final class PaperTable {

    private static final int SLOW = 100;
    private static final int FAST = 1000;

    /**
     * One cell.
     *
     * @param dwSeconds T_DW: between pings 0.2 s apart
     * @param allSeconds T_ALL
     */
    record Cell(Subject subject, int bandwidthMbit, int memoryMb, double dwSeconds, double allSeconds) {}

    static final List<Cell> CELLS = List.of(cell(Subject.GLOBAL, SLOW, 32, 0.63, 3.68),
            cell(Subject.GLOBAL, SLOW, 64, 0.72, 6.70), cell(Subject.GLOBAL, SLOW, 128, 0.70, 12.45),
            cell(Subject.GLOBAL, SLOW, 256, 0.66, 23.96), cell(Subject.GLOBAL, SLOW, 512, 0.74, 46.97),
            cell(Subject.GLOBAL, FAST, 32, 0.57, 1.38), cell(Subject.GLOBAL, FAST, 64, 0.61, 1.68),
            cell(Subject.GLOBAL, FAST, 128, 0.62, 2.20), cell(Subject.GLOBAL, FAST, 256, 0.60, 3.42),
            cell(Subject.GLOBAL, FAST, 512, 0.66, 6.20), cell(Subject.UNPREPARED, SLOW, 32, 3.26, 6.71),
            cell(Subject.UNPREPARED, SLOW, 64, 2.76, 9.09), cell(Subject.UNPREPARED, SLOW, 128, 3.56, 15.68),
            cell(Subject.UNPREPARED, SLOW, 256, 2.71, 26.67), cell(Subject.UNPREPARED, SLOW, 512, 4.87, 52.72),
            cell(Subject.UNPREPARED, FAST, 32, 2.67, 3.59), cell(Subject.UNPREPARED, FAST, 64, 2.76, 3.88),
            cell(Subject.UNPREPARED, FAST, 128, 2.93, 4.80), cell(Subject.UNPREPARED, FAST, 256, 2.82, 5.68),
            cell(Subject.UNPREPARED, FAST, 512, 3.05, 8.43), cell(Subject.ORDINARY, SLOW, 32, 0.37, 3.36),
            cell(Subject.ORDINARY, SLOW, 64, 0.49, 6.04), cell(Subject.ORDINARY, SLOW, 128, 0.47, 11.73),
            cell(Subject.ORDINARY, SLOW, 256, 0.53, 23.30), cell(Subject.ORDINARY, SLOW, 512, 0.40, 46.07),
            cell(Subject.ORDINARY, FAST, 32, 0.45, 1.02), cell(Subject.ORDINARY, FAST, 64, 0.39, 1.60),
            cell(Subject.ORDINARY, FAST, 128, 0.37, 2.35), cell(Subject.ORDINARY, FAST, 256, 0.43, 3.61),
            cell(Subject.ORDINARY, FAST, 512, 0.53, 5.90));

    private PaperTable() {}

    private static Cell cell(Subject subject, int bandwidthMbit, int memoryMb, double dwSeconds, double allSeconds) {
        return new Cell(subject, bandwidthMbit, memoryMb, dwSeconds, allSeconds);
    }

    /** Empty for what the paper has not measured. What it has printed is global, as ours. */
    static Optional<Cell> find(Subject subject, int bandwidthMbit, int memoryMb) {
        Subject printed = subject == Subject.PRINTED ? Subject.GLOBAL : subject;
        return CELLS.stream().filter(cell -> cell.subject() == printed && cell.bandwidthMbit() == bandwidthMbit
                && cell.memoryMb() == memoryMb).findFirst();
    }

    /** The mean T_DW of a subject over all ten cells, in s. */
    static double meanDwSeconds(Subject subject) {
        return CELLS.stream().filter(cell -> cell.subject() == subject).mapToDouble(Cell::dwSeconds).average()
                .orElseThrow();
    }
}
