/** The NBD client against qemu-nbd. */
package org.godwit.disk.nbd;
