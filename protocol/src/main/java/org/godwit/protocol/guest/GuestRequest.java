package org.godwit.protocol.guest;

import static java.util.Objects.requireNonNull;

import java.net.Inet6Address;
import org.godwit.model.Epoch;
import org.godwit.model.Gateway;
import org.godwit.model.HomeAddress;
import org.godwit.model.MacAddress;
import org.godwit.model.SitePrefix;

/** What a host agent can ask of a guest agent. All are idempotent; an epoch lower than the highest seen is refused. */
public sealed interface GuestRequest {

    /**
     * Tells the guest who it is. Answered by {@link GuestReply.GuestStatus}.
     *
     * @param hoaSpace the prefix that all HoAs lie in; the guest routes it to its translating interface
     * @param imsAddress where the mapping server listens; it is reached without translation
     * @param imsPort 1 to 65535
     */
    record Enrol(HomeAddress hoa, SitePrefix hoaSpace, Inet6Address imsAddress, int imsPort, ImsKey imsKey)
            implements
                GuestRequest {

        /** @throws IllegalArgumentException when the HoA lies outside its space or the port is none */
        public Enrol {
            requireNonNull(hoa, "hoa is null");
            requireNonNull(hoaSpace, "hoa_space is null");
            requireNonNull(imsAddress, "ims_address is null");
            requireNonNull(imsKey, "ims_key is null");
            if (!hoaSpace.network().toPrefixBlock().contains(hoa.address())) {
                throw new IllegalArgumentException("hoa " + hoa + " must lie in hoa_space " + hoaSpace);
            }
            if (imsPort < 1 || imsPort > 65535) {
                throw new IllegalArgumentException("ims_port must be 1 to 65535, got " + imsPort);
            }
        }
    }

    /** What does the guest know of itself? Answered by {@link GuestReply.GuestStatus}. */
    record Status() implements GuestRequest {}

    /**
     * Brings an interface up and waits for its MoA. Answered by {@link GuestReply.Staged}.
     *
     * @param interfaceMac the interface on the dummy bridge; which one that is changes with every migration
     * @param gateway whose router advertisement is expected there
     */
    record Stage(MacAddress interfaceMac, Gateway gateway, Epoch epoch) implements GuestRequest {

        public Stage {
            requireNonNull(interfaceMac, "interface_mac is null");
            requireNonNull(gateway, "gateway is null");
            requireNonNull(epoch, "epoch is null");
        }
    }

    /** From now on the kernel sends on both interfaces and flips at the first sign of landing. Answered by Done. */
    record Arm(Epoch epoch) implements GuestRequest {

        public Arm {
            requireNonNull(epoch, "epoch is null");
        }
    }

    /** Undoes Stage and Arm. Answered by Done, also when nothing is staged. */
    record Unstage(Epoch epoch) implements GuestRequest {

        public Unstage {
            requireNonNull(epoch, "epoch is null");
        }
    }

    /** The VM has landed: the staged interface is the only one from now on. Answered by {@link GuestReply.Settled}. */
    record Settle(Epoch epoch) implements GuestRequest {

        public Settle {
            requireNonNull(epoch, "epoch is null");
        }
    }
}
