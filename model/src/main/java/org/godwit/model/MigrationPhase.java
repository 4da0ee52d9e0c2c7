package org.godwit.model;

/**
 * Where a migration stands. A phase is entered when what its sentence says has become true, or is being done.
 *
 * <p>The point of no return lies between {@link #SWITCHOVER} and {@link #REBINDING}: before it every failure rolls back and
 * the VM never noticed; after it there is only forward.
 */
public enum MigrationPhase {

    /** An operator has asked; nothing has been looked at yet. */
    REQUESTED,

    /** The VM runs at the source, both agents and the guest answer, and the MoA-to-be is free on the target's link. */
    CHECKED,

    /** A dummy bridge on the source host impersonates the target site's gateway; the VM's secondary interface is on it. */
    GATEWAY_STAGED,

    /** The VM owns its MoA of the target site, the target's link and the peers know of no other owner, the kernel is armed. */
    ADDRESS_STAGED,

    /** The target host can receive the domain. */
    TARGET_PREPARED,

    /** Of a cold migration: the VM is being shut down at the source. */
    SHUTDOWN,

    /**
     * Memory travels while the VM runs at the source. Of a cold migration: the VM is off there, its disks and its definition travel, and
     * nothing has started it elsewhere.
     */
    COPYING,

    /**
     * The VM is paused at the source; what is left travels and the target resumes it, or resumes it first (post-copy). Of a cold
     * migration: it is off at the source, and the target starts it.
     */
    SWITCHOVER,

    /** The VM runs at the target; guest, mapping server and peers are brought up to date. */
    REBINDING,

    /** The roles of the two interfaces have changed places and nothing of the staging is left. Final. */
    SETTLED,

    /** The VM stays at the source and everything staged is being undone. */
    ROLLBACK,

    /** The VM runs at the source as if nothing had been asked. Final. */
    ABORTED,

    /** The outcome of the switchover is unknown: both hypervisors are being asked, nothing is guessed. */
    INQUIRY,

    /**
     * A post-copy broke: the VM is at the target, and stands still there whenever it needs memory that is still at the source.
     * Nobody can go back; the copy is taken up again until it is through.
     */
    RECOVERY,

    /** Both hypervisors say that the VM runs nowhere: it has ended, by itself or by somebody's hand. Final. */
    LOST;

    /** Whether nothing follows. */
    public boolean isFinal() {
        return this == SETTLED || this == ABORTED || this == LOST;
    }
}
