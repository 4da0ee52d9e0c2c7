package org.godwit.lab.bench;

/**
 * One turn of honest owners.
 *
 * @param attack what else came meanwhile
 * @param offered honest registrations a second, or 0 for as many as were confirmed
 * @param confirmedPerSecond of them
 * @param p50Us from the first sending to the confirmation, in microseconds
 * @param p99Us the same
 * @param forged datagrams sent meanwhile that somebody without the key has made
 * @param replayed datagrams sent meanwhile that the server has confirmed once
 */
record ForgedRun(int round, String attack, int offered, double confirmedPerSecond, int p50Us, int p99Us, long forged,
        long replayed) {}
