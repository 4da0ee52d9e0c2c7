/**
 * The commands of the MCS: received once, fenced by epoch, performed one after the other for each VM, answered exactly once.
 */
package org.godwit.host.command;
