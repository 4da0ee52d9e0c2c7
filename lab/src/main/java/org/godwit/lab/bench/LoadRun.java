package org.godwit.lab.bench;

/**
 * One size of a fleet. Times in ms.
 *
 * @param startS from the start of the server's process until it listened
 * @param connectS until every agent had a session, and its VMs were asked for
 * @param beatingCores processors that the server uses while agents only beat
 * @param liveHeapMb what is left after a collection, with every agent connected
 * @param residentMb the most that the process ever had
 * @param readP50Ms of single resources by name; pages have a hundred items; writes add and remove a site
 * @param migrationP50Ms from request to end, as the server tells; the simulated copy included
 */
record LoadRun(int hosts, int vms, double startS, double connectS, double beatingCores, int liveHeapMb, int residentMb,
        String load, int requests, int refused, double readP50Ms, double readP99Ms, double pageP50Ms, double pageP99Ms,
        double writeP50Ms, double writeP99Ms, int migrations, int completed, double migrationP50Ms,
        double migrationP99Ms) {}
