package org.godwit.planner.prediction;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/** What a plan can name. */
public enum Strategy {

    /** The guest is paused for all of the copy. */
    SUSPENDED(new SuspendedModel()),

    /** Rounds, then what is left while the guest is paused. */
    PRE_COPY(new PreCopyModel()),

    /** The guest moves first, its memory follows. */
    POST_COPY(new PostCopyModel()),

    /** One round, then the guest moves, and what it has written meanwhile follows. */
    HYBRID_COPY(new HybridCopyModel()),

    /** One round in which writes are repeated at the target. No hypervisor of ours can do it. */
    MIRRORING(MirroringModel.OF_CACHE_LINES),

    /** The guest is shut down, and boots elsewhere. */
    COLD(new ColdModel());

    private final CopyModel model;

    Strategy(CopyModel model) {
        this.model = requireNonNull(model, "model is null");
    }

    /** As people and programs write it: {@code pre-copy}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    CopyModel model() {
        return model;
    }
}
