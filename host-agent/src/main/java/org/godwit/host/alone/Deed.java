package org.godwit.host.alone;

import java.util.Optional;

/** What an agent that is alone does. Each of them may be done twice. */
public enum Deed {

    /** Disarm the guest and remove dummy bridge and radvd; the VM stays. */
    UNSTAGE(StandEvent.UNSTAGED),

    /** Remove dummy bridge and radvd; no domain is touched. */
    REMOVE_STAGING(StandEvent.STAGING_REMOVED),

    /** Make the new interface the guest's only one. */
    SETTLE(StandEvent.GUEST_SETTLED),

    /** Do not prepare the link any further for a VM that does not come. It may still, so nothing has ended thereby. */
    DISCARD;

    private final Optional<StandEvent> done;

    Deed(StandEvent done) {
        this.done = Optional.of(done);
    }

    Deed() {
        this.done = Optional.empty();
    }

    /** What has happened when it is done. */
    public Optional<StandEvent> done() {
        return done;
    }
}
