package org.godwit.planner.prediction;

import org.godwit.planner.Checks;

/**
 * Hybrid-copy as AMVM prints it, section 4.3, equations 1 to 7: one round of all memory, the switchover, then dirty pages by
 * request and by active push. Names of Table 3 in brackets.
 *
 * @param memoryBytes [V_mem] above zero
 * @param bytesPerSecond [B] above zero
 * @param dirtyBytesPerSecond [D] zero to B: above it, equation 1 has more dirty memory than there is memory
 * @param accessesPerSecond [R] of the guest to its memory, a second
 * @param delaySeconds [lambda] that each page fault costs
 * @param stateBytes [W_VCPU] of processors and devices
 * @param resumeSeconds [epsilon] to resume at the target
 */
public record AmvmEquations(double memoryBytes, double bytesPerSecond, double dirtyBytesPerSecond,
        double accessesPerSecond, double delaySeconds, double stateBytes, double resumeSeconds) {

    /** @throws IllegalArgumentException when out of range */
    public AmvmEquations {
        Checks.positive("V_mem, the memory (bytes)", memoryBytes);
        Checks.positive("B, the bandwidth (bytes a second)", bytesPerSecond);
        Checks.notNegative("D, the dirty rate (bytes a second)", dirtyBytesPerSecond);
        Checks.notNegative("R, the access rate (a second)", accessesPerSecond);
        Checks.notNegative("lambda, the delay (seconds)", delaySeconds);
        Checks.notNegative("W_VCPU, the state (bytes)", stateBytes);
        Checks.notNegative("epsilon, the time to resume (seconds)", resumeSeconds);
        if (dirtyBytesPerSecond > bytesPerSecond) {
            throw new IllegalArgumentException("D, the dirty rate, must not exceed B, the bandwidth: got "
                    + dirtyBytesPerSecond + " above " + bytesPerSecond
                    + " bytes a second, with which equation 1 has more dirty memory than memory");
        }
    }

    /** Equation 1: V_dirty, written while the one round goes on. Every write is taken for the first one to its page. */
    public double dirtyBytes() {
        return memoryBytes * dirtyBytesPerSecond / bytesPerSecond;
    }

    /** Equation 2: V_mig, all that is sent. */
    public double migratedBytes() {
        return memoryBytes + dirtyBytes();
    }

    /** Equation 3: T_mig, from the parts. */
    public double totalSeconds() {
        return memoryBytes / bytesPerSecond + downtimeSeconds() + synchronisationSeconds();
    }

    /** Equation 4: T_down. */
    public double downtimeSeconds() {
        return stateBytes / bytesPerSecond + resumeSeconds;
    }

    /** Equation 5: T_resume, from the resumption at the target until it has every page. */
    public double synchronisationSeconds() {
        return dirtyBytes() / bytesPerSecond + pageFaults() * delaySeconds;
    }

    /** Equation 6: F. Not bounded by the number of pages, as printed. */
    public double pageFaults() {
        return dirtyBytes() * dirtyBytes() * accessesPerSecond / (2 * bytesPerSecond * memoryBytes);
    }

    /** Equation 7: T_mig in one expression. The paper derives it from "(3) ~ (7)"; (3) to (6) are meant. */
    public double totalSecondsInOneExpression() {
        double b = bytesPerSecond;
        double d = dirtyBytesPerSecond;
        return (memoryBytes + stateBytes) / b + memoryBytes * d / (b * b)
                + memoryBytes * accessesPerSecond * d * d * delaySeconds / (2 * b * b * b) + resumeSeconds;
    }
}
