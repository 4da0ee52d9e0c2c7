package org.godwit.disk.wire;

/** Why a receiver gives up. The order is that of the numbers on the wire, from 1 on. */
public enum Refusal {

    /** What came is no frame, or not at this point. */
    MALFORMED,

    /** Nobody told the receiver of such a transfer, or not from this host. */
    NOT_EXPECTED,

    /** The storage at the target is full. What has arrived is kept. */
    NO_SPACE,

    /** A chunk is not what it was announced to be. */
    CORRUPT,

    /** The target's disk cannot be read or written. */
    DISK_FAILED,

    /** In the end the disks differ. */
    DIFFERENT,

    /** The same transfer was begun again. */
    SUPERSEDED
}
