package org.godwit.host.disk;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.godwit.disk.Extent;
import org.godwit.disk.mover.ChunkSet;
import org.godwit.disk.mover.DiskReceiver;
import org.godwit.disk.mover.Pacer;
import org.godwit.disk.mover.RefusedException;
import org.godwit.disk.mover.Sending;
import org.godwit.disk.mover.Shipment;
import org.godwit.disk.mover.Shipped;
import org.godwit.disk.nbd.NbdMarks;
import org.godwit.disk.wire.TransferId;
import org.godwit.host.disk.LocalDisk.Label;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings what stands still of one VM's disks to one host, however often the link breaks; until it is called off. */
final class Dispatch {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatch.class);

    private static final int CONNECTIONS = 4;
    private static final int SERVED_MAX = 2 * CONNECTIONS;
    private static final int ATTEMPTS_MAX = 6;
    private static final int ROUND_TRIP_MAX_MS = 1000;

    private final UUID vm;
    private final String host;
    private final DiskReceiver.Identity identity;
    private final ImageServers servers;
    private final LeavingDisks.Road road;
    private final Pacer pacer;
    private final CountDownLatch calledOff = new CountDownLatch(1);
    private volatile Sending sending;
    private volatile int chunkBytes;

    /**
     * What is sent at a time.
     *
     * @param layer what the disk has up to there; 0 is the image alone
     * @param chunks those that come on top of what has arrived; all of the disk when empty
     */
    record Cargo(LocalDisk disk, int layer, int chunkBytes, Optional<ChunkSet> chunks) {}

    /** @param bytesPerSecond 0 for no limit */
    Dispatch(UUID vm, String host, DiskReceiver.Identity identity, ImageServers servers, LeavingDisks.Road road,
            long bytesPerSecond) {
        this.vm = vm;
        this.host = host;
        this.identity = identity;
        this.servers = servers;
        this.road = road;
        this.pacer = new Pacer(road.nanoClock(), bytesPerSecond);
    }

    /**
     * A link that breaks, or an agent there that is started anew, costs a pause: what has arrived is not sent again.
     *
     * @throws DiskException when the target refuses it or is not reached, or it is called off
     */
    Shipped send(Cargo cargo) {
        for (int attempt = 1;; attempt++) {
            try {
                return once(cargo);
            } catch (IOException e) {
                LocalDisk disk = cargo.disk();
                if (isCalledOff()) {
                    throw new DiskException("called off while disk " + disk.target() + " was being sent", e);
                }
                if (attempt == ATTEMPTS_MAX || e instanceof RefusedException refused && isFinal(refused)) {
                    throw new DiskException("disk " + disk.target() + " (" + disk.path() + ") could not be sent to "
                            + host + ": " + e.getMessage(), e);
                }
                LOG.warn("vm={} disk={} not sent yet, attempt {} of {}: {}", vm, disk, attempt, ATTEMPTS_MAX,
                        e.getMessage());
                pause(road.pause().multipliedBy(1L << attempt - 1));
            }
        }
    }

    private static boolean isFinal(RefusedException e) {
        return switch (e.reason()) {
            case MALFORMED, NOT_EXPECTED, NO_SPACE, DIFFERENT -> true;
            case CORRUPT, DISK_FAILED, SUPERSEDED -> false;
        };
    }

    private void pause(Duration length) {
        try {
            if (calledOff.await(length.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new DiskException("called off while a disk was being sent");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DiskException("the agent was stopped while a disk was being sent", e);
        }
    }

    private Shipped once(Cargo cargo) throws IOException {
        LocalDisk disk = cargo.disk();
        String label = new Label(vm, disk, cargo.chunks().isPresent()).text();
        TransferId transfer = new TransferId(UUID.nameUUIDFromBytes(label.getBytes(StandardCharsets.UTF_8)));
        try (ImageServers.Server server = serve(disk, cargo.layer());
                Sending now = new Sending(
                        new Shipment(transfer, label, server, cargo.chunkBytes(), CONNECTIONS, cargo.chunks()),
                        new Sending.Line(new InetSocketAddress(host, road.port()), identity.tls(), pacer,
                                road.nanoClock(), road.patience()))) {
            chunkBytes = cargo.chunkBytes();
            sending = now;
            if (isCalledOff()) {
                throw new IOException("called off");
            }
            return now.run();
        } finally {
            sending = null;
        }
    }

    private ImageServers.Server serve(LocalDisk disk, int layer) {
        return servers.serve(disk.layer(layer), disk.format(layer), true, SERVED_MAX);
    }

    /** What was written while the VM wrote to this layer. It must be frozen. */
    List<Extent> written(LocalDisk disk, int layer) {
        try (ImageServers.Server server = serve(disk, layer);
                NbdMarks marks = NbdMarks.ofLayer(server.socket(), "")) {
            return marks.extents();
        } catch (IOException e) {
            throw new DiskException(disk.layer(layer) + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** As long as the target takes to accept a connection, beside all that is on its way there; empty when it does not. */
    Optional<Duration> roundTrip() {
        long begin = road.nanoClock().getAsLong();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, road.port()), ROUND_TRIP_MAX_MS);
            return Optional.of(Duration.ofNanos(road.nanoClock().getAsLong() - begin));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /** Of what is being sent, how many bytes are settled. */
    long settledBytes() {
        Sending now = sending;
        return now == null ? 0 : now.amounts().chunks() * chunkBytes;
    }

    /** Of what is being sent, how many bytes the target has read again. */
    long comparedBytes() {
        Sending now = sending;
        return now == null ? 0 : now.comparedChunks() * chunkBytes;
    }

    boolean isCalledOff() {
        return calledOff.getCount() == 0;
    }

    /** From any thread. */
    void callOff() {
        calledOff.countDown();
        Sending now = sending;
        if (now != null) {
            now.close();
        }
    }
}
