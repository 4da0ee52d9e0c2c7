package org.godwit.disk.mover;

import java.io.IOException;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import org.godwit.disk.mover.Landings.Landing;
import org.godwit.disk.wire.Frame.Open;
import org.godwit.disk.wire.Geometry;
import org.godwit.disk.wire.Refusal;

/** A transfer that arrives: what its connections share. */
final class Arrival {

    private final Open open;
    private final Peer peer;
    private final Claims claims = new Claims();
    /** The following are guarded by this. */
    private final Set<Connection> connections = new HashSet<>();
    private final BitSet settled;
    private boolean over;
    private Landing landing;

    Arrival(Open open, Peer peer) {
        this.open = open;
        this.peer = peer;
        this.settled = new BitSet(open.geometry().chunks());
    }

    Peer peer() {
        return peer;
    }

    Geometry geometry() {
        return open.geometry();
    }

    Claims claims() {
        return claims;
    }

    synchronized void enter(Connection connection) throws RefusedException {
        if (over) {
            throw new RefusedException(Refusal.NOT_EXPECTED, "transfer " + open.transfer() + " is over");
        }
        if (connections.size() == Shipment.CONNECTIONS_MAX) {
            throw new RefusedException(Refusal.MALFORMED, "a transfer has at most " + Shipment.CONNECTIONS_MAX
                    + " connections");
        }
        connections.add(connection);
    }

    synchronized void leave(Connection connection) {
        connections.remove(connection);
        notifyAll();
    }

    /** Ends all connections but, when there is one, the given, and waits until they have let go of the disk. */
    synchronized void end(Connection except) {
        over = true;
        connections.stream().filter(connection -> connection != except).forEach(Connection::abort);
        boolean interrupted = false;
        while (connections.stream().anyMatch(connection -> connection != except)) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    synchronized void settle(long first, long count) {
        settled.set((int) first, (int) (first + count));
    }

    /** The chunks that the disk is said to have by now. */
    synchronized BitSet settled() {
        return (BitSet) settled.clone();
    }

    synchronized void landsAt(Landing landing) {
        this.landing = landing;
    }

    /** Access to the disk for one more thread. */
    Berth berth() throws IOException {
        return new Berth(landing(), geometry());
    }

    private synchronized Landing landing() throws RefusedException {
        if (landing == null) {
            throw new RefusedException(Refusal.MALFORMED, "transfer " + open.transfer() + " has not begun yet");
        }
        return landing;
    }
}
