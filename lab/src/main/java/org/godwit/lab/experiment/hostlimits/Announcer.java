package org.godwit.lab.experiment.hostlimits;

import java.nio.file.Path;

/** Makes a host impersonate a gateway for its VMs, one bridge each. What it has made goes with the lab. */
interface Announcer {

    /** From when this returns on, the guest behind this tap can have an address. */
    void stage(int number, String tap);

    /** Takes one away. */
    void remove(int number);

    /** The bridge of one of them. */
    String bridge(int number);

    /** Where the configurations of its radvd processes are: they are told by these. */
    Path folder();
}
