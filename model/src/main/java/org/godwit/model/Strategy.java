package org.godwit.model;

import java.util.Locale;

/** How a VM's memory travels, if it does. */
public enum Strategy {

    /** While the VM runs at the source, until little enough is left to stop it for. */
    PRE_COPY,

    /**
     * The VM runs at the target at once, and its memory follows: each page when the VM asks for it, the others as fast as the link
     * takes them. Ends for every VM, however fast it changes its memory; but when the wire breaks the VM needs both hosts.
     */
    POST_COPY,

    /**
     * All of it once while the VM runs at the source; then the VM runs at the target, and only what it has changed meanwhile
     * follows (AMVM, section 4.1). Ends as post-copy does, and needs both hosts for a shorter time.
     */
    HYBRID_COPY,

    /**
     * While the VM stands still, all of it once; then the VM goes on at the target (Kapil's suspended migration). Sends the least of
     * all, and its sessions survive if they have the patience.
     */
    SUSPENDED,

    /**
     * None of it: the VM is shut down at the source and started at the target (Kapil's cold migration). Its sessions end; what else is in
     * its memory its applications have to have saved.
     */
    COLD;

    /** As people and programs write it: {@code pre-copy}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether a part of the VM's memory is still at the source when it runs at the target. */
    public boolean endsAsPostCopy() {
        return this == POST_COPY || this == HYBRID_COPY;
    }

    /** @throws IllegalArgumentException naming what there is */
    public static Strategy of(String word) {
        return Words.of(word, values(), Strategy::word, "the strategy");
    }
}
