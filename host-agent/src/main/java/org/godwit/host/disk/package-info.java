/**
 * The disks of VMs that are files of this host alone: they travel with the VM, by redirect-on-write (docs/disks.md). What stands
 * in them is moved by {@link org.godwit.disk.mover}; formats and chains are QEMU's programs' business.
 */
package org.godwit.host.disk;
