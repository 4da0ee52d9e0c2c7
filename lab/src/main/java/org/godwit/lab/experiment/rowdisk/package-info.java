/** Three ways of a VM's disk to another host while the VM writes to it: all at once, by block bitmaps, and layer by layer. */
package org.godwit.lab.experiment.rowdisk;
