package org.godwit.mcs.store;

/** What a host's certificate is good for. */
public enum CertificatePurpose {

    /** Its agent's sessions. */
    FOR_SESSIONS,

    /** What its libvirt and QEMU show to other hosts, and to nobody else. */
    FOR_HYPERVISOR
}
