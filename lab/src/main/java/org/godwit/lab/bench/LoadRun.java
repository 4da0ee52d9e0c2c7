package org.godwit.lab.bench;

/**
 * Requests of operators to one size of a fleet. Times in ms.
 *
 * @param readP50Ms of single resources by name; pages have a hundred items; writes add and remove a site
 * @param migrationP50Ms from request to end, as the server tells; the simulated copy included
 */
record LoadRun(int hosts, int vms, String load, int requests, int refused, double readP50Ms, double readP99Ms,
        double pageP50Ms, double pageP99Ms, double writeP50Ms, double writeP99Ms, int migrations, int completed,
        double migrationP50Ms, double migrationP99Ms) {}
