package org.godwit.guest;

import java.util.List;
import java.util.Optional;
import org.godwit.model.HomeAddress;
import org.godwit.model.SitePrefix;
import org.godwit.shim.DataPlane;

/** Installs the shim. */
interface DataPlanes {

    /** What an agent before this one noted, if what it installed is still there. */
    default Optional<String> left() {
        return Optional.empty();
    }

    /** @param interfaces the names of all interfaces that a MoA may ever be on */
    DataPlane install(HomeAddress hoa, SitePrefix hoaSpace, List<String> interfaces);
}
