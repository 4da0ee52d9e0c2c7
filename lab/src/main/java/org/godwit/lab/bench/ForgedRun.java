package org.godwit.lab.bench;

/**
 * One turn of honest owners.
 *
 * @param attack what else came meanwhile
 * @param confirmedPerSecond honest registrations that were confirmed
 * @param forged datagrams sent meanwhile that somebody without the key has made
 * @param replayed datagrams sent meanwhile that the server has confirmed once
 */
record ForgedRun(int round, String attack, double confirmedPerSecond, long forged, long replayed) {}
