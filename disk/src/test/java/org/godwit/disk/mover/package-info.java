/** Disks that travel between a sender and a receiver on this machine, through links that fail. */
package org.godwit.disk.mover;
