package org.godwit.guest;

import java.util.List;
import org.godwit.model.HomeAddress;
import org.godwit.model.SitePrefix;
import org.godwit.shim.DataPlane;

/** Installs the shim. */
interface DataPlanes {

    /** @param interfaces the names of all interfaces that a MoA may ever be on */
    DataPlane install(HomeAddress hoa, SitePrefix hoaSpace, List<String> interfaces);
}
