package org.godwit.lab.experiment.watanabe;

/** How a VM migrates. */
public enum Subject {

    /** To the other site, by Godwit. */
    GLOBAL("global, Godwit", "with the method"),

    /** To the other site, prepared as the paper has it; a program in the VM switches when it has landed. */
    PRINTED("global, as printed", "with the method"),

    /** To the other site, by a VM with MAT that nobody prepares: its interface is configured when it has landed. */
    UNPREPARED("global, without the method", "without the method"),

    /** To another host on the same link, by libvirt alone: nothing about the VM's network changes. */
    ORDINARY("ordinary", "live migration");

    private final String words;
    private final String paper;

    Subject(String words, String paper) {
        this.words = words;
        this.paper = paper;
    }

    /** What the paper calls it. */
    String paper() {
        return paper;
    }

    /** Whether the VM is on its own: whatever happens to it, no host tells it. */
    boolean isAlone() {
        return switch (this) {
            case PRINTED, UNPREPARED -> true;
            case GLOBAL, ORDINARY -> false;
        };
    }

    /** As it stands in tables. */
    @Override
    public String toString() {
        return words;
    }
}
