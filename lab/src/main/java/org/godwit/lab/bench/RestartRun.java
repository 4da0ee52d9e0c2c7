package org.godwit.lab.bench;

/**
 * One start of a mapping server.
 *
 * @param cold whether the kernel had to read the database from disk
 * @param answeringAfterS from the start of the process to its first answer
 * @param processorS what it has used of the processors by then
 * @param residentMb the most memory that it had, Java's own included
 */
record RestartRun(int round, boolean cold, double answeringAfterS, double processorS, int residentMb) {}
