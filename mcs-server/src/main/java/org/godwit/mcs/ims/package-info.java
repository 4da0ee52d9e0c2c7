/**
 * The address mapping server (IMS; not the IP Multimedia Subsystem of 3GPP): where is this HoA? Answers on UDP, publishes
 * changes to subscribers, and takes writes from the MCS in process and from peers by authenticated Map-Register.
 */
package org.godwit.mcs.ims;
