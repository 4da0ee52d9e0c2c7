/** What of Mirroring can be had on real parts: memory that a program outside of QEMU moves, beside QEMU's own pre-copy. */
package org.godwit.lab.experiment.sharedmemory;
