package org.godwit.planner.prediction;

import org.godwit.planner.Checks;

/**
 * The times of Mirroring, section "Characterizing the Migration Performance", equations 1 to 4, as printed. Sizes and link speed
 * are in whatever units go together: the paper divides megabytes by what it calls megabits a second, and heads the column GHz.
 *
 * @param size [alpha] of the VM, above zero
 * @param controlSize [beta] of one control signal, zero or more
 * @param linkSpeed [delta] above zero
 * @param dataSignals [eta 1] how often the VM's size is sent, zero or more
 * @param controlSignals [eta 2] zero or more
 * @param overheads seconds before and after the copy, zero or more
 */
public record MirroringEquations(double size, double controlSize, double linkSpeed, double dataSignals,
        double controlSignals, double overheads) {

    /** What equation 4 assumes of control signals for each data signal. */
    private static final double CONTROLS_PER_DATA = 3;

    /** @throws IllegalArgumentException when out of range */
    public MirroringEquations {
        Checks.positive("alpha, the VM's size", size);
        Checks.notNegative("beta, the size of a control signal", controlSize);
        Checks.positive("delta, the link speed", linkSpeed);
        Checks.notNegative("eta 1, the data signals", dataSignals);
        Checks.notNegative("eta 2, the control signals", controlSignals);
        Checks.notNegative("the overheads (seconds)", overheads);
    }

    /** Equation 1: to send the memory. */
    public double migrationTime() {
        return size * dataSignals / linkSpeed + overheads;
    }

    /** Equation 2: to send control signals; zero for an idle VM, at most one for each page. */
    public double controlTime() {
        return controlSize * controlSignals / linkSpeed;
    }

    /** Equation 3: both. */
    public double totalTime() {
        return (size * dataSignals + controlSize * controlSignals) / linkSpeed + overheads;
    }

    /** Equation 4: both, with three control signals for each data signal instead of a given number. */
    public double totalTimeAtThreeControls() {
        return dataSignals * (size + CONTROLS_PER_DATA * controlSize) / linkSpeed + overheads;
    }
}
