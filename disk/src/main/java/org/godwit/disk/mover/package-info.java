/**
 * Moves what is on a disk to another host, by the protocol of docs/protocol.md. The sender hashes; the receiver asks for what it
 * cannot find at home. Nothing about a transfer is kept beside the disk itself: who resumes compares the disk.
 */
package org.godwit.disk.mover;
