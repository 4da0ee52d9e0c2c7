package org.godwit.mcs.workflow;

/**
 * Something to be done in the world. All that it needs is in the {@link MigrationState}, so that a journal row of nothing
 * but this name and a command id is enough to do it again after a crash. Every effect may be done twice.
 */
public enum Effect {

    /** Ask both hosts for all that speaks against it. */
    PRECHECK(Place.BOTH_HOSTS),

    /** Tell a guest that has forgotten who it is. */
    ENROL_GUEST(Place.SOURCE_HOST),

    /** Is the MoA that the guest has formed, and the link-local address beside it, free on the target's real link? */
    PROBE_ADDRESS(Place.TARGET_HOST),

    /** Tell a guest that has booted at the target who it is. */
    ENROL_AT_TARGET(Place.TARGET_HOST),

    /** Make the dummy bridge that impersonates the target's gateway. */
    STAGE_GATEWAY(Place.SOURCE_HOST),

    /** Let the guest form its MoA of the target site. */
    STAGE_ADDRESS(Place.SOURCE_HOST),

    /** Do packets with the MoA come from the target's link to the mapping server and to the VM's peers? Of a rehearsal. */
    PROBE_EGRESS(Place.TARGET_HOST),

    /** Announce the staged MoA to the mapping server and its subscribers. */
    STAGE_MAPPING(Place.MAPPING_SERVER),

    /** Let the guest's kernel flip by itself. */
    ARM_GUEST(Place.SOURCE_HOST),

    /** Make what the arriving domain needs. */
    PREPARE_TARGET(Place.TARGET_HOST),

    /** The live migration itself. */
    COPY(Place.SOURCE_HOST),

    /** Let the VM's guest shut down, and see to it that nothing but a hand starts it again. Of a cold migration, as those that follow. */
    SHUT_DOWN(Place.SOURCE_HOST),

    /** Send the disks of the VM that is off and that its source alone has. They stay there, too. */
    SEND_DISKS(Place.SOURCE_HOST),

    /** Define the VM that is off at the target, too. */
    DEFINE_AT_TARGET(Place.SOURCE_HOST),

    /** Once this was sent, only the target's word that it has no such VM lets the source start it again. */
    START_AT_TARGET(Place.TARGET_HOST),

    /** Let the VM run at the source as before. */
    START_AT_SOURCE(Place.SOURCE_HOST),

    /** Remove what {@link #PREPARE_TARGET} and {@link #DEFINE_AT_TARGET} made; fails while the VM is not off there. */
    UNDEFINE_AT_TARGET(Place.TARGET_HOST),

    /** Take a post-copy up again that broke. */
    RECOVER_COPY(Place.SOURCE_HOST),

    /** Let a pre-copy end that does not by itself: as post-copy, or with the VM standing still, as the plan says. */
    FORCE_COPY(Place.SOURCE_HOST),

    /** Stop the running copy, or the sending of disks; its own outcome tells whether that came in time. */
    CANCEL_COPY(Place.SOURCE_HOST),

    /** Stop whatever copy still runs, then ask both hypervisors where the VM runs. */
    ASK_BOTH_HYPERVISORS(Place.BOTH_HOSTS),

    /** Let the VM go on that a broken copy has left paused at the source. */
    RESUME_SOURCE(Place.SOURCE_HOST),

    /** The inventory says from now on that the VM is at the target. */
    MOVE_VM(Place.INVENTORY),

    /** The inventory says again that the VM is at the source, should it have said otherwise. */
    RETURN_VM(Place.INVENTORY),

    /** Make the new interface the guest's only one. */
    SETTLE_GUEST(Place.TARGET_HOST),

    /** The staged MoA becomes the active one at the mapping server. */
    ACTIVATE_MAPPING(Place.MAPPING_SERVER),

    /**
     * Remove dummy bridge, radvd and whatever a broken copy left of the domain from the host that the VM has left; after a cold
     * migration the definition, and once the guest has booted the disks.
     */
    REMOVE_STAGING(Place.SOURCE_HOST),

    /**
     * The same for a VM that is gone; a half that a broken post-copy has left is ended. Another effect, because what comes late of
     * that one must not be taken for this one.
     */
    CLEAN_UP_AFTER_LOSS(Place.SOURCE_HOST),

    /** End the half of the VM that a broken post-copy has left at the target. A whole VM stays. */
    ABANDON_TARGET(Place.TARGET_HOST),

    /** Withdraw the staged MoA from the mapping server. */
    UNSTAGE_MAPPING(Place.MAPPING_SERVER),

    /** Disarm the guest and remove dummy bridge and radvd; the VM stays. */
    UNSTAGE_SOURCE(Place.SOURCE_HOST),

    /** Remove what {@link #PREPARE_TARGET} made. */
    DISCARD_TARGET(Place.TARGET_HOST);

    /** Who performs an effect. */
    public enum Place {
        SOURCE_HOST, TARGET_HOST, BOTH_HOSTS, MAPPING_SERVER, INVENTORY
    }

    private final Place place;

    Effect(Place place) {
        this.place = place;
    }

    public Place place() {
        return place;
    }
}
