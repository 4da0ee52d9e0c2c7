package org.godwit.model;

import java.util.Locale;

/**
 * What becomes of a pre-copy that will not come to its end. The words are those of {@code virsh migrate} ({@code --timeout-postcopy},
 * {@code --timeout-suspend}); OpenStack's Nova calls the first two force_complete.
 */
public enum StallAction {

    /** The VM runs at the target from then on, and what it has not got yet follows: {@link Strategy#HYBRID_COPY}. */
    POST_COPY,

    /** The VM stands still until the rest has been sent: {@link Strategy#SUSPENDED}. */
    SUSPEND,

    /** The copy is given up, and the VM stays where it is. */
    ABORT;

    /** As people and programs write it: {@code post-copy}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws IllegalArgumentException naming what there is */
    public static StallAction of(String word) {
        return Words.of(word, values(), StallAction::word, "what is done on a stall");
    }
}
