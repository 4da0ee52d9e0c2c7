package org.godwit.shim;

import java.util.Map;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;

/**
 * The proxy addresses of a home gateway, which make peers of nodes that know nothing of MAT: such a correspondent's real
 * address plays the part of a HoA, its proxy address that of the MoA.
 *
 * <p>Methods may be called from any thread. They throw {@link ShimException} when the kernel refuses.
 */
public interface Proxies {

    /** @param byCorrespondent it sent to a HoA @param byMobileNode it was sent to from a HoA */
    record Use(boolean byCorrespondent, boolean byMobileNode) {}

    /** How many correspondents there is room for; whoever puts more gets a {@link ShimException}. */
    int CORRESPONDENTS_MAX = 16_384;

    /** Packets from the correspondent to HoAs leave with the proxy address; those to the proxy address go to it. */
    void put(HomeAddress correspondent, MobileAddress proxy);

    /** Forgets a correspondent; nothing happens when there is none. */
    void remove(HomeAddress correspondent);

    /** Which ways packets went since this was last asked, or since the correspondent was put. */
    Use takeUse(HomeAddress correspondent);

    /** All that the kernel has, such as what a former process left. */
    Map<HomeAddress, MobileAddress> known();
}
