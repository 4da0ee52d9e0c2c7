/**
 * What a migration will cost. The words that {@code prediction}, which calculates, and {@code simulation}, which moves page by
 * page, have in common.
 *
 * <p>Nothing here does input or output, reads a clock or draws from a source of chance that was not seeded. Seconds, bytes and
 * bytes a second are numbers of the type {@code double}: they are multiplied and divided, and come from measurements.
 */
package org.godwit.planner;
