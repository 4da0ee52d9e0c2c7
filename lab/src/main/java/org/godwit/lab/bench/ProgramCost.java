package org.godwit.lab.bench;

/**
 * What the kernel counted of one BPF program, on all nodes.
 *
 * @param runs how often it ran
 * @param ns how long altogether, what the kernel does on its behalf after it not included
 */
record ProgramCost(String program, long runs, long ns) {

    double nsPerRun() {
        return (double) ns / runs;
    }
}
