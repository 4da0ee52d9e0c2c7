package org.godwit.lab.bench;

/**
 * One turn of one server.
 *
 * @param perSecond answers, as fast as it can
 * @param perProcessorSecond answers for each second that it had a processor meanwhile; the same, where nothing else runs
 * @param askedPerSecond 70 % of perSecond
 * @param p50Us of the time of an answer then, from when its question was due
 * @param lost part of the questions without an answer then, 0 to 1
 */
record ImsRun(int round, String server, double perSecond, double perProcessorSecond, double askedPerSecond, int p50Us,
        int p99Us, double lost) {}
