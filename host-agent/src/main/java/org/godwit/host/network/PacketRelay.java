package org.godwit.host.network;

import static java.util.Objects.requireNonNull;

import java.util.UUID;
import org.godwit.model.MobileAddress;

/** Sends after VMs that leave this host what still comes for them here. */
public interface PacketRelay {

    /**
     * From where to where.
     *
     * @param from the VM's MoA here; the caller has made sure that it is this VM's
     * @param to its MoA at the target
     */
    record Passage(UUID vm, MobileAddress from, MobileAddress to) {

        public Passage {
            requireNonNull(vm, "vm is null");
            if (requireNonNull(from, "from is null").equals(requireNonNull(to, "to is null"))) {
                throw new IllegalArgumentException("a VM that moves gets another MoA, got " + to + " twice");
            }
        }
    }

    /**
     * Does what takes time, so that {@link #begin} does not. Replaces what was prepared for this VM before.
     *
     * @throws HostNetworkException when this host cannot relay
     */
    void prepare(Passage passage);

    /**
     * From now on a copy of every packet goes to the new address, the original still to the VM. To be said again while the VM
     * is being copied: what is not said again ends by itself. Never fails, since a VM must not stay because nothing can be
     * sent after it; nothing happens when nothing is prepared.
     */
    void begin(UUID vm);

    /** Whether what comes for the VM's address here goes elsewhere, and so does not tell whether it comes. */
    boolean relays(UUID vm);

    /** The VM has left: packets go to the new address only, until none has come for a while. */
    void landed(UUID vm);

    /** At once. Nothing happens when nothing is relayed for this VM. */
    void end(UUID vm);
}
