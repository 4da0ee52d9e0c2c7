package org.godwit.mcs.ims;

import java.util.Set;
import org.godwit.model.HomeAddress;

/**
 * What became of one publication.
 *
 * @param acknowledged the subscribers that have this state of the mapping, or a newer one
 * @param silent those that did not say so before the deadline; each asks anew when it refreshes its subscription
 */
public record Published(Set<HomeAddress> acknowledged, Set<HomeAddress> silent) {

    public Published {
        acknowledged = Set.copyOf(acknowledged);
        silent = Set.copyOf(silent);
    }

    public boolean complete() {
        return silent.isEmpty();
    }
}
