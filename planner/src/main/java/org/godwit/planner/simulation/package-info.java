/**
 * Migrations page by page: a guest that reads and writes, a wire that takes time, and strategies that decide what goes next.
 *
 * <p>A page's content is the number of times it was written. At the end of every simulated migration the target must have each
 * page as the guest last wrote it; otherwise the simulator refuses to give a result. Everything follows from the seed of the
 * workload.
 */
package org.godwit.planner.simulation;
