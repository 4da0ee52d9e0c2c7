package org.godwit.lab.bench;

/**
 * One measurement of the planner.
 *
 * @param what was done, with its unit: VMs or pages
 * @param units that were done
 * @param processorS of one processor that it took
 */
record PlannerRun(int round, String what, long units, double processorS) {

    double unitsPerSecond() {
        return units / processorS;
    }
}
