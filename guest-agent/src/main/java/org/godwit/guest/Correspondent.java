package org.godwit.guest;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.godwit.guest.Interfaces.Reached;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.guest.GuestRequest.Enrol;
import org.godwit.shim.DataPlane;
import org.godwit.shim.FlipTrigger;
import org.godwit.shim.Slot;

/**
 * A node that speaks MAT on its own, without a host that prepares its moves: its MoA is the address that one of its
 * interfaces has. When it loses that address it goes on with the next one that it gets, as any mobile node does.
 */
final class Correspondent {

    private static final Duration ADDRESS_WAIT = Duration.ofSeconds(30);

    private final Interfaces interfaces;
    private final DataPlanes dataPlanes;
    private final Mappings.Opener mappingServer;
    private final LongSupplier nanoTicker;
    private final LineLog log;

    Correspondent(Interfaces interfaces, DataPlanes dataPlanes, Mappings.Opener mappingServer, LongSupplier nanoTicker,
            LineLog log) {
        this.interfaces = interfaces;
        this.dataPlanes = dataPlanes;
        this.mappingServer = mappingServer;
        this.nanoTicker = nanoTicker;
        this.log = log;
    }

    /** What has been put in place. {@link #follow} and {@link #register} keep it right and known. One thread. */
    final class Installed {

        private final MatNode node;
        private final Enrol identity;
        private final List<String> names;
        private Reached at;

        private Installed(MatNode node, Enrol identity, List<String> names, Reached at) {
            this.node = node;
            this.identity = identity;
            this.names = names;
            this.at = at;
        }

        HomeAddress hoa() {
            return identity.hoa();
        }

        MobileAddress moa() {
            return at.moa();
        }

        /**
         * Stays while it has the address; otherwise takes the first that there is. Sessions wait while there is none.
         *
         * @return whether the node has moved, so that the mapping server should know
         */
        boolean follow() {
            List<Reached> all = interfaces.reached(names, identity.hoaSpace());
            if (all.isEmpty() || all.contains(at)) {
                return false;
            }
            Reached next = all.getFirst();
            node.plane().attach(next.nic().name());
            node.plane().own(node.plane().active(), next.moa(), next.nic().index());
            node.mappings().rebind(next.moa());
            // Last: what has failed is tried again.
            at = next;
            log.line("moved", "hoa", hoa(), "moa", at.moa(), "interface", at.nic().name());
            return true;
        }

        /**
         * Tells the mapping server where we are. To be repeated: it may have been restarted.
         *
         * @throws IOException when it did not take it
         */
        void register() throws IOException {
            node.mappings().register(at.moa());
        }
    }

    /**
     * @param names of the interfaces, at least one
     * @throws InterfacesException when none has an address in time
     */
    Installed install(Enrol identity, List<String> names) {
        // All of them must be there; only one needs an address, and the first one is waited for.
        interfaces.address(names.getFirst(), identity.hoaSpace(), ADDRESS_WAIT);
        Reached at = interfaces.reached(names, identity.hoaSpace()).stream().findFirst()
                .orElseThrow(() -> new InterfacesException(String.join(", ", names)
                        + " has no global address outside " + identity.hoaSpace() + " after "
                        + ADDRESS_WAIT.toSeconds() + " s"));
        DataPlane plane = dataPlanes.install(identity.hoa(), identity.hoaSpace());
        plane.disarm();
        plane.disown(plane.active().other());
        plane.attach(at.nic().name());
        plane.own(plane.active(), at.moa(), at.nic().index());
        plane.exempt(MobileAddress.of(identity.imsAddress().getAddress()));
        MatNode node = new MatNode(plane, new Peers(plane, identity.hoa(), log), log, nanoTicker,
                Correspondent::neverFlips);
        node.use(mappingServer.open(identity, at.moa(), node.peers()::learn));
        node.start();
        log.line("installed", "hoa", identity.hoa(), "moa", at.moa(), "interface", at.nic().name());
        return new Installed(node, identity, List.copyOf(names), at);
    }

    /** Nothing here arms. */
    private static void neverFlips(Slot to, FlipTrigger by) {}
}
