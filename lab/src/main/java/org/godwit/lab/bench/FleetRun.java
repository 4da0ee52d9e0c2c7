package org.godwit.lab.bench;

/**
 * One size of a fleet: what it costs the server that it is there and that it comes back, and what it costs the one process that
 * has all its agents. Times in s; processor times of all threads together.
 *
 * @param enrolling so many of the agents came with a token and got their certificate first
 * @param startS from the start of the server's process until it listened
 * @param connectS until every agent had a session
 * @param beatingCores processors used while agents only beat
 * @param liveHeapMb what is left after a collection, with every agent connected
 * @param residentMb the most that the process ever had
 * @param restartS after kill -9, from the start of the next process until it listened
 * @param returnS from then until every agent had a session again
 * @param loadBefore how many programs ran or wanted to, on the whole machine, before it began
 */
record FleetRun(int hosts, int vms, int enrolling, double startS, double connectS, double connectServerCpuS,
        double connectAgentsCpuS, double beatingCores, double agentsBeatingCores, int liveHeapMb, int residentMb,
        int agentsResidentMb, double restartS, double returnS, double returnServerCpuS, double returnAgentsCpuS,
        double loadBefore) {}
