package org.godwit.lab.experiment.hostlimits;

import org.godwit.lab.experiment.Run;

/**
 * A host with so many staged interfaces.
 *
 * @param load of the machine, the mean of one minute
 * @param stageMs to stage one more: median of the last few
 * @param formedMs from a guest's router solicitation until it has an address: median of the last few
 * @param removeMs to take one away: median of the last few; null but with most of them
 * @param radvdMb memory of all radvd processes, proportional to who shares it
 * @param radvdCpuMs processor time of all of them, in a second
 * @param advertisements router advertisements in a second, all bridges together
 * @param kernelMb what the kernel's slabs, page tables, stacks and per-processor areas have grown by since nothing was staged;
 *        whatever else the machine does is in it
 */
record HostLimitsRun(int run, String trial, int staged, double load, double stageMs, double formedMs, Double removeMs,
        double radvdMb, long radvdProcesses, double radvdCpuMs, double advertisements, double kernelMb)
        implements
            Run {}
