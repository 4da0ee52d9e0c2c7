package org.godwit.guest;

import java.nio.file.Path;
import java.util.Optional;
import org.godwit.model.HomeAddress;
import org.godwit.model.SitePrefix;
import org.godwit.shim.DataPlane;
import org.godwit.shim.KernelDataPlane;

/** The shim of the kernel that we run on. @param pin where it is pinned, if it is to outlive the agent */
record KernelDataPlanes(Optional<Path> pin, LineLog log) implements DataPlanes {

    @Override
    public Optional<String> left() {
        return pin.flatMap(KernelDataPlane::noteIn);
    }

    @Override
    public DataPlane install(HomeAddress hoa, SitePrefix hoaSpace) {
        KernelDataPlane plane = KernelDataPlane.install(hoa, hoaSpace.toString(), pin);
        for (String notice : plane.notices()) {
            log.line("shim_notice", "notice", notice);
        }
        return plane;
    }
}
