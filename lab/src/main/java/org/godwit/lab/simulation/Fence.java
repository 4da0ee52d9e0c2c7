package org.godwit.lab.simulation;

/** What keeps a VM safe from late, repeated, lost and contradicting words. Each of them can be missing here. */
public enum Fence {

    // ---- host agents ----

    /** A host agent refuses epochs older than the newest it has seen of a VM. */
    AGENT_EPOCHS,

    /** A host agent answers a repeated command id with its first outcome and does not perform it again, restarted or not. */
    AGENT_ONCE,

    /** A host agent begins one copy for each staging. */
    COPY_ONCE,

    /** A host agent does not begin a copy that was cancelled before its turn came. */
    CANCEL_OUTLASTS,

    /** Asked to cancel, a host agent ends whatever copy of the VM runs, also one that it does not know of. */
    CANCEL_BEFORE_ASKING,

    /** A host agent does nothing by itself before its lease is over. */
    LEASE,

    /** A host agent that has undone staging by itself refuses what builds on it. */
    NOTHING_ON_UNDONE,

    /** A host agent that is told to forget a VM says no while it is not off. */
    ONLY_WHAT_IS_OFF,

    /** A host agent says that a VM's disks have arrived when all of them have, and not before. */
    DISKS_WHOLE,

    // ---- the control server ----

    /** What the control server is about to do is on its disk before it is done. */
    JOURNAL_FIRST,

    /** A control server goes on with what it finds unfinished in the next epoch. */
    TAKEOVER_EPOCH,

    /** The store takes nothing from a control server whose epoch of a migration is over. */
    STORE_EPOCHS,

    /** A copy of which nobody knows the outcome has not failed. */
    UNKNOWN_IS_NOT_FAILED,

    /** Where a VM is the source's hypervisor is asked, too. */
    ASK_SOURCE,

    /** Where a VM is the target's hypervisor is asked, too. */
    ASK_TARGET,

    /** Once the VM runs at the target nothing is rolled back. */
    POINT_OF_NO_RETURN,

    // ---- the mapping server ----

    /** The mapping server refuses epochs older than that of the mapping. */
    MAPPING_EPOCHS
}
