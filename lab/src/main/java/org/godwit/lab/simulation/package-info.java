/**
 * Migrations without machines: the real workflow, runner and store on a clock that jumps, with simulated hosts, guests and
 * mapping server between which anything may be late, lost, repeated or dead. One seed is one history, to the last event.
 */
package org.godwit.lab.simulation;
