package org.godwit.lab.meter;

import org.godwit.lab.meter.Measurement.Ping;
import org.godwit.protocol.rest.Resources.Tcp;

/**
 * What the meter saw in one window on a correspondent to which the VM sends no probes of its own.
 *
 * @param tcp one connection over all windows; the stall is the longest time without an echo
 * @param ping echo requests to the HoA, every 20 ms
 */
public record Sessions(String window, Tcp tcp, Ping ping) {}
