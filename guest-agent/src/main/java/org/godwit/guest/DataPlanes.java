package org.godwit.guest;

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

    /** The interfaces that MoAs are on are attached next. */
    DataPlane install(HomeAddress hoa, SitePrefix hoaSpace);
}
