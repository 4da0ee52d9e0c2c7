package org.godwit.host.alone;

/** Where a VM stands with regard to its migration, as far as its host knows without asking the control server. */
public enum Stand {

    /** Nothing of a migration is here. */
    IDLE,

    /** Source: its next gateway and address are being staged, or are; no copy was begun. */
    STAGED,

    /** Source: a copy was begun, by this agent process or one before, and has not been heard to end. */
    COPYING,

    /** Source: the copy has taken it to the target; what was staged for it is still here. */
    LEFT,

    /** Source: it stays, and what was staged is to be undone. Nothing builds on it any more. */
    REVERTING,

    /** Target: it may arrive. */
    EXPECTED,

    /** Target: it runs here; its guest does not know yet that this is its place. */
    ARRIVED
}
