/**
 * A client of the Network Block Device protocol, as {@code qemu-nbd} and QEMU itself speak it on a UNIX socket: any image
 * format, with or without a backing chain, read and written by the code that wrote it.
 */
package org.godwit.disk.nbd;
