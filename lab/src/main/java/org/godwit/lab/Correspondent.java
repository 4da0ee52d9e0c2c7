package org.godwit.lab;

import org.godwit.lab.network.NetworkPlan.LeafLink;

/** A correspondent: a peer of the VMs, behind the internet, MAT-capable by a guest agent of its own. */
public final class Correspondent extends MountedNode {

    /** Its one interface to the internet. */
    public static final String DEVICE = "eth0";

    Correspondent(Lab lab, LeafLink link) {
        super(lab, link.node(), link.address());
    }

    @Override
    void hold() {
        super.hold();
        mount("-t", "bpf", "bpf", "/sys/fs/bpf");
    }
}
