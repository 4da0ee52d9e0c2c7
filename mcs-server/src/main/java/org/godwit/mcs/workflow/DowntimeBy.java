package org.godwit.mcs.workflow;

/** Who says for how long a VM stood still, and so what is in it. */
public enum DowntimeBy {

    /** libvirt of both hosts: until it had let the VM run at the target, by the clocks of both. */
    HYPERVISORS,

    /** Both hosts' agents: from the source's word that it stands still to the target's that it runs, by the control server's clock. */
    AGENTS,

    /** libvirt of a post-copy: until the target had been told to let it run, which may do so later. */
    SOURCE,

    /** The control server: of a cold migration, until the guest was back. */
    SERVER
}
