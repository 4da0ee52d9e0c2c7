package org.godwit.guest;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.guest.GuestRequest.Enrol;
import org.godwit.shim.DataPlane;
import org.godwit.shim.FlipTrigger;
import org.godwit.shim.Slot;
import java.util.List;

/** A peer that speaks MAT and does not move: its MoA is the address that its interface has. */
final class Correspondent {

    private static final Duration ADDRESS_WAIT = Duration.ofSeconds(30);

    private final Interfaces interfaces;
    private final DataPlanes dataPlanes;
    private final Mappings.Opener mappingServer;
    private final LineLog log;

    Correspondent(Interfaces interfaces, DataPlanes dataPlanes, Mappings.Opener mappingServer, LineLog log) {
        this.interfaces = interfaces;
        this.dataPlanes = dataPlanes;
        this.mappingServer = mappingServer;
        this.log = log;
    }

    /** What has been put in place; {@link #register} keeps it known. */
    record Installed(MatNode node, MobileAddress moa, HomeAddress hoa) {

        /**
         * Tells the mapping server where we are. To be repeated: it may have been restarted.
         *
         * @throws IOException when it did not take it
         */
        void register() throws IOException {
            node.mappings().register(moa);
        }
    }

    /** @throws InterfacesException when the interface has no address in time */
    Installed install(Enrol identity, String interfaceName) {
        Optional<MobileAddress> moa = interfaces.address(interfaceName, identity.hoaSpace(), ADDRESS_WAIT);
        if (moa.isEmpty()) {
            throw new InterfacesException(interfaceName + " has no global address outside " + identity.hoaSpace()
                    + " after " + ADDRESS_WAIT.toSeconds() + " s");
        }
        int index = indexOf(interfaceName);
        DataPlane plane = dataPlanes.install(identity.hoa(), identity.hoaSpace(), List.of(interfaceName));
        plane.disarm();
        plane.disown(plane.active().other());
        plane.own(plane.active(), moa.get(), index);
        plane.exempt(MobileAddress.of(identity.imsAddress().getAddress()));
        MatNode node = new MatNode(plane, new Peers(plane, identity.hoa(), log), log, Correspondent::neverMoves);
        node.use(mappingServer.open(identity, moa.get(), node.peers()::learn));
        node.start();
        log.line("installed", "hoa", identity.hoa(), "moa", moa.get(), "interface", interfaceName);
        return new Installed(node, moa.get(), identity.hoa());
    }

    private int indexOf(String interfaceName) {
        for (Nic nic : interfaces.nics()) {
            if (nic.name().equals(interfaceName)) {
                return nic.index();
            }
        }
        throw new InterfacesException(interfaceName + " is no Ethernet interface");
    }

    /** Nothing here arms or flips. */
    private static void neverMoves(Slot to, FlipTrigger by) {}
}
