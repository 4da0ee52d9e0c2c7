package org.godwit.disk.mover;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import org.godwit.disk.mover.Landings.Landing;
import org.godwit.disk.wire.ChunkHash;
import org.godwit.disk.wire.Frame;
import org.godwit.disk.wire.Frame.Join;
import org.godwit.disk.wire.Frame.Open;
import org.godwit.disk.wire.Frame.Ready;
import org.godwit.disk.wire.Frame.StillHere;
import org.godwit.disk.wire.Frame.Verified;
import org.godwit.disk.wire.Frame.Verify;
import org.godwit.disk.wire.MalformedFrameException;
import org.godwit.disk.wire.Refusal;
import org.godwit.disk.wire.TransferId;

/** Takes disks from senders that have a certificate. A thread for each connection; at most 64 of them. */
public final class DiskReceiver implements Closeable {

    private static final int CONNECTIONS_MAX = 64;

    private final ServerSocket server;
    private final Identity identity;
    private final Landings landings;
    private final LongSupplier nanoTime;
    private final Duration patience;
    private final Semaphore room = new Semaphore(CONNECTIONS_MAX);
    private final Map<TransferId, Arrival> arrivals = new ConcurrentHashMap<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    /** Our certificate, and whose certificates we take: as they are now, since they are renewed and revoked. */
    @FunctionalInterface
    public interface Identity {
        SSLContext tls() throws IOException;
    }

    /**
     * Listens.
     *
     * @param address port 0 takes a free one
     * @param identity asked for each connection
     * @param nanoTime a clock that only goes forward
     * @param patience for how long a sender may be silent
     */
    public DiskReceiver(InetSocketAddress address, Identity identity, Landings landings, LongSupplier nanoTime,
            Duration patience) throws IOException {
        this.identity = identity;
        this.landings = landings;
        this.nanoTime = nanoTime;
        this.patience = patience;
        this.server = new ServerSocket(address.getPort(), CONNECTIONS_MAX, address.getAddress());
        Thread.ofPlatform().daemon().name("disk-receiver").start(this::accept);
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    }

    /** Stops listening and ends all transfers: what has arrived stays. */
    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        arrivals.values().forEach(arrival -> arrival.end(null));
    }

    private void accept() {
        while (!server.isClosed()) {
            room.acquireUninterruptibly();
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                Thread.ofPlatform().daemon().name("disk-receiver-of-" + socket.getPort()).start(() -> serve(socket));
            } catch (IOException e) {
                // Closed, or the one who called is gone again.
                room.release();
            }
        }
    }

    private void serve(Socket socket) {
        try (socket; Connection connection = Connection.from(socket, identity.tls(), patience, nanoTime)) {
            try {
                serve(connection);
            } catch (RefusedException e) {
                connection.refuse(e);
            } catch (MalformedFrameException e) {
                connection.refuse(new RefusedException(Refusal.MALFORMED, e.getMessage(), e));
            }
        } catch (IOException e) {
            // The link is gone, and with it whoever could be told: the sender sees it, too, and begins again.
            return;
        } finally {
            sockets.remove(socket);
            room.release();
        }
    }

    private void serve(Connection connection) throws IOException {
        switch (connection.receive()) {
            case Open open -> begin(open, connection);
            case Join join -> join(join, connection);
            case Frame other -> throw new RefusedException(Refusal.MALFORMED,
                    "the sender begins with " + other.getClass().getSimpleName());
        }
    }

    private void begin(Open open, Connection connection) throws IOException {
        Arrival arrival = new Arrival(open, connection.peer());
        for (Arrival before = arrivals.putIfAbsent(open.transfer(), arrival); before != null; before = arrivals
                .putIfAbsent(open.transfer(), arrival)) {
            if (!before.peer().equals(arrival.peer())) {
                throw new RefusedException(Refusal.NOT_EXPECTED, "transfer " + open.transfer() + " is another host's");
            }
            // The link broke, and we have not noticed yet.
            before.end(null);
        }
        try {
            arrival.enter(connection);
            try (Landing landing = Berth.onDisk("making ready", () -> landings.begin(open, arrival.peer()))) {
                arrival.landsAt(landing);
                try {
                    receive(arrival, connection, landing);
                } finally {
                    arrival.end(connection);
                }
            }
        } finally {
            arrivals.remove(open.transfer(), arrival);
            arrival.leave(connection);
        }
    }

    /** Whoever is told that all is there finds nobody at the disk any more. */
    private static void receive(Arrival arrival, Connection connection, Landing landing) throws IOException {
        try (Berth berth = arrival.berth()) {
            unload(arrival, connection, berth);
            Frame frame = connection.receive();
            while (frame instanceof StillHere) {
                frame = connection.receive();
            }
            if (!(frame instanceof Verify verify)) {
                throw new RefusedException(Refusal.MALFORMED,
                        "the sender says " + frame.getClass().getSimpleName() + " instead of Verify");
            }
            compare(arrival, verify, connection, berth);
        }
        arrival.end(connection);
        Berth.onDisk("finishing", () -> {
            landing.verified();
            return null;
        });
        connection.send(new Verified());
        connection.flush();
    }

    private static void compare(Arrival arrival, Verify verify, Connection connection, Berth berth)
            throws IOException {
        int settled = arrival.settled().cardinality();
        if (settled != verify.chunks()) {
            throw new RefusedException(Refusal.MALFORMED,
                    settled + " chunks came, " + verify.chunks() + " should have come");
        }
        berth.flush();
        ChunkHash digest = new Comparison(arrival).run(connection);
        if (!digest.equals(verify.digest())) {
            throw new RefusedException(Refusal.DIFFERENT, "the disks differ: what was written at the target cannot be "
                    + "read there, or the source changed meanwhile");
        }
    }

    private void join(Join join, Connection connection) throws IOException {
        Arrival arrival = arrivals.get(join.transfer());
        if (arrival == null || !arrival.peer().equals(connection.peer())) {
            throw new RefusedException(Refusal.NOT_EXPECTED, "no transfer " + join.transfer() + " is under way");
        }
        arrival.enter(connection);
        try (Berth berth = arrival.berth()) {
            unload(arrival, connection, berth);
        } finally {
            arrival.leave(connection);
        }
    }

    private static void unload(Arrival arrival, Connection connection, Berth berth) throws IOException {
        connection.send(new Ready());
        connection.flush();
        new Unloading(arrival, connection, berth).run();
    }
}
