package org.godwit.lab.experiment.meter;

import org.godwit.lab.experiment.Run;

/**
 * One silence, in ms.
 *
 * @param orderedMs that the sender was told to be silent; zero for none at all
 * @param knownVmToPeerMs the longest time between two datagrams of the sender, by its own clock; at least the silence
 * @param measuredVmToPeerMs what the meter says of it
 * @param knownPeerToVmMs the same of its echoes
 */
record MeterRun(int run, String trial, double orderedMs, double knownVmToPeerMs, double measuredVmToPeerMs,
        double knownPeerToVmMs, double measuredPeerToVmMs) implements Run {

    double errorVmToPeerMs() {
        return measuredVmToPeerMs - knownVmToPeerMs;
    }

    double errorPeerToVmMs() {
        return measuredPeerToVmMs - knownPeerToVmMs;
    }
}
