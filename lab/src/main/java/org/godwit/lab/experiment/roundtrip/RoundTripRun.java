package org.godwit.lab.experiment.roundtrip;

import org.godwit.lab.experiment.Run;

/**
 * One flight, and what was there after it.
 *
 * @param bindings at the mapping server
 */
public record RoundTripRun(int run, String trial, String target, String outcome, Double vmDowntimeMs,
        double outageVmToPeerMs, double outagePeerToVmMs, double lostVmToPeer, double lostPeerToVm,
        boolean tcpSurvived, double tcpStallMs, long pingsLost, Double tAllMs, long bindings, long interfaces,
        long routes, long radvds, long openFiles, double memoryMb) implements Run {}
