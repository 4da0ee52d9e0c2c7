package org.godwit.shim;

/** What made the output flip. All but the first are signs of landing, seen in the kernel while the data plane was armed. */
public enum FlipTrigger {

    /** {@link DataPlane#flip}. */
    COMMANDED,

    /** Data from a known peer came for the staged MoA. */
    RECEIVED,

    /** An unsolicited neighbour advertisement left on an attached interface, as on resume. */
    ANNOUNCED,

    /** The kernel called {@code netdev_notify_peers}, as on resume. Seen only where the kernel lets us trace it. */
    NOTIFIED
}
