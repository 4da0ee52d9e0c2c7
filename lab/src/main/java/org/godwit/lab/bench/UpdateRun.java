package org.godwit.lab.bench;

/**
 * One change of a mapping.
 *
 * @param heardUs from the control server's request until the last subscriber had it, in microseconds
 * @param knownUs until the control server knew that all had acknowledged
 */
record UpdateRun(int subscribers, int heardUs, int knownUs) {}
