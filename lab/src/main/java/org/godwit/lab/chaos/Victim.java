package org.godwit.lab.chaos;

/** What is killed. Source and target are of the migration that runs. */
public enum Victim {

    /** The control server, with the mapping server in it. */
    MCS("mcs"),

    /** The host agent from whose host the VM leaves. */
    SOURCE_AGENT("source-agent"),

    /** The host agent to whose host the VM goes. */
    TARGET_AGENT("target-agent"),

    /** The agent in the VM, whose kernel goes on translating. */
    GUEST_AGENT("guest-agent"),

    /** The libvirtd at the source, whose QEMU processes live on. */
    SOURCE_LIBVIRTD("source-libvirtd"),

    /** The libvirtd at the target. */
    TARGET_LIBVIRTD("target-libvirtd");

    private final String word;

    Victim(String word) {
        this.word = word;
    }

    /** As operators write it. */
    public String word() {
        return word;
    }
}
