package org.godwit.mcs.workflow;

import java.util.Arrays;
import java.util.Locale;

/** How memory travels. */
public enum Strategy {

    /** While the VM runs at the source, until little enough is left to stop it for. */
    PRE_COPY,

    /**
     * All of it once, then the VM runs at the target and what it has changed meanwhile is sent when it asks. Ends for every VM,
     * however fast it changes its memory; but when the wire breaks the VM needs both hosts.
     */
    POST_COPY;

    /** In the words of the REST API: {@code pre-copy}, {@code post-copy}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws IllegalArgumentException naming what there is */
    public static Strategy of(String word) {
        return Arrays.stream(values()).filter(strategy -> strategy.word().equals(word)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "must be " + PRE_COPY.word() + " or " + POST_COPY.word() + ", got \"" + word + "\""));
    }
}
