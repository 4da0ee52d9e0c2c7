package org.godwit.host.alone;

/** What happens to a VM on one host: by a command, by the hypervisor's word, or seen by an agent that is alone. */
public enum StandEvent {

    /** A gateway is about to be staged: another migration begins. */
    GATEWAY_STAGING,
    /** An address is about to be staged behind that gateway. */
    ADDRESS_STAGING,
    /** The guest is about to be armed. */
    ARMING, COPY_BEGINS,
    /** The VM runs at the target. */
    COPY_SUCCEEDED,
    /** The VM runs here, and no copy of it. */
    COPY_FAILED, UNSTAGED, STAGING_REMOVED,

    /** The target is about to be prepared. */
    VM_EXPECTED, VM_ARRIVED, GUEST_SETTLED, TARGET_DISCARDED,

    /** Alone: it runs here, and no copy of it. */
    SEEN_RUNNING,
    /** Alone: a copy of it runs, from here or to here. */
    SEEN_COPIED,
    /** Alone: it is here and neither runs nor is copied. Only both hypervisors together can tell what that means. */
    SEEN_PAUSED,
    /** Alone: it is not here, or has ended. */
    SEEN_ABSENT
}
