/**
 * The outage meter: what a correspondent sees of a VM that moves, by one clock, the correspondent's.
 *
 * <p>{@link org.godwit.lab.meter.MeterMain} runs on the correspondent and keeps every arrival; what they mean is computed
 * by {@link org.godwit.lab.meter.Recording}, which knows no clock and no socket.
 */
package org.godwit.lab.meter;
