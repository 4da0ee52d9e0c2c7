package org.godwit.host.alone;

import java.util.UUID;
import org.godwit.model.Epoch;

/** Is told what an agent has done alone, so that others hear of it. */
@FunctionalInterface
public interface Witness {

    /**
     * @param epoch the highest one seen of the VM
     * @param seen what it was done for
     */
    void done(UUID vm, Epoch epoch, Deed deed, StandEvent seen);
}
