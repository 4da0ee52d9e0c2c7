/**
 * A disk as the mover sees it: bytes at offsets, some of which are known to be zero. Formats, backing chains and files are
 * QEMU's business; {@link org.godwit.disk.nbd} reaches them.
 */
package org.godwit.disk;
