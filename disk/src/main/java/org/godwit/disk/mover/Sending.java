package org.godwit.disk.mover;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import org.godwit.disk.Disk;
import org.godwit.disk.Extent;
import org.godwit.disk.mover.Shipped.Amounts;
import org.godwit.disk.wire.ChunkHash;
import org.godwit.disk.wire.Frame;
import org.godwit.disk.wire.Frame.Join;
import org.godwit.disk.wire.Frame.Open;
import org.godwit.disk.wire.Frame.Ready;
import org.godwit.disk.wire.Frame.StillHere;
import org.godwit.disk.wire.Frame.Verified;
import org.godwit.disk.wire.Frame.Verify;
import org.godwit.disk.wire.Frame.Verifying;
import org.godwit.disk.wire.Geometry;
import org.godwit.disk.wire.Refusal;

/** One disk on its way to a receiver. */
public final class Sending implements Closeable {

    private static final Duration LIFE_SIGN = Duration.ofSeconds(5);
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);
    private static final long LOOK_BYTES = 1L << 30;

    private final Shipment shipment;
    private final Line line;
    private final Tally tally = new Tally();
    private final AtomicInteger nextSegment = new AtomicInteger();
    private final AtomicReference<IOException> failure = new AtomicReference<>();
    private final CountDownLatch failed = new CountDownLatch(1);
    /** Guarded by this. */
    private final List<Connection> connections = new ArrayList<>();
    private volatile long chunksMax;
    private volatile long compared;

    /**
     * How to reach the receiver.
     *
     * @param receiver its certificate must be for the host text of this
     * @param tls our certificate and whom we trust
     * @param pacer shared by all transfers that share a limit
     * @param nanoTime a clock that only goes forward
     * @param patience how long one step may take: a connect, an answer, a write
     */
    public record Line(InetSocketAddress receiver, SSLContext tls, Pacer pacer, LongSupplier nanoTime,
            Duration patience) {}

    public Sending(Shipment shipment, Line line) {
        this.shipment = shipment;
        this.line = line;
    }

    /**
     * Sends until the target has all of it and has compared. May be called once.
     *
     * @throws RefusedException when the receiver gives up
     * @throws IOException when the source cannot be read or the link breaks: a new Sending with the same transfer goes on
     */
    public Shipped run() throws IOException {
        ExecutorService crew = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon()
                .name("disk-sender-", 0).factory());
        try (crew;
                Disk disk = shipment.source().open();
                StallGuard _ = new StallGuard(line.patience(), this::stalled)) {
            try {
                return run(disk, crew);
            } catch (IOException e) {
                fail(e);
                throw failure.get();
            } finally {
                close();
            }
        }
    }

    private Shipped run(Disk disk, ExecutorService crew) throws IOException {
        Geometry geometry = new Geometry(disk.size(), shipment.chunkBytes());
        ChunkSet chosen = chosen(geometry);
        chunksMax = chosen.size();
        DiskDigest digest = new DiskDigest(geometry);
        Connection first = connect(new Open(shipment.transfer(), geometry, dataBytes(disk), shipment.disk()));
        for (int i = 1; i < shipment.connections(); i++) {
            crew.execute(() -> {
                try (Disk own = shipment.source().open()) {
                    Optional<Connection> joined = join();
                    if (joined.isPresent()) {
                        send(new SendingStream(joined.get(), own, geometry, chosen, digest, tally), joined.get());
                    }
                } catch (RefusedException e) {
                    fail(e);
                } catch (IOException e) {
                    // When the receiver gives up it drops all connections but the first, which it tells why.
                    awaitFailure(LAST_WORDS);
                    fail(e);
                } catch (RuntimeException e) {
                    fail(new IOException("sending " + shipment.disk() + " failed: " + e.getMessage(), e));
                }
            });
        }
        send(new SendingStream(first, disk, geometry, chosen, digest, tally), first);
        await(crew, first);
        return new Shipped(tally.amounts(chunksMax), verified(first, digest.root()));
    }

    /** Empty when the transfer has ended before this connection could help: why, the first one hears. */
    private Optional<Connection> join() throws IOException {
        try {
            return Optional.of(connect(new Join(shipment.transfer())));
        } catch (RefusedException e) {
            if (e.reason() == Refusal.NOT_EXPECTED) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private void send(SendingStream stream, Connection connection) throws IOException {
        try {
            stream.run(nextSegment);
        } catch (IOException e) {
            throw connection.lastWords(e);
        }
    }

    /** How far it is. */
    public Amounts amounts() {
        return tally.amounts(chunksMax);
    }

    /** How many chunks the target has read again, of those that were settled before it began with that. */
    public long comparedChunks() {
        return compared;
    }

    /** Ends it, from any thread: what has arrived stays at the target. */
    @Override
    public synchronized void close() {
        connections.forEach(Connection::abort);
    }

    private Connection connect(Frame greeting) throws IOException {
        Connection connection = Connection.to(line.receiver(), line.tls(), line.patience(), line.pacer(),
                line.nanoTime());
        synchronized (this) {
            connections.add(connection);
            if (failure.get() != null) {
                connection.abort();
            }
        }
        try {
            connection.send(greeting);
            connection.flush();
            connection.receive(Ready.class);
            return connection;
        } catch (IOException e) {
            throw connection.lastWords(e);
        }
    }

    /** The first failure is the cause; those that follow come from our own closing of the connections. */
    private void fail(IOException e) {
        if (failure.compareAndSet(null, e)) {
            failed.countDown();
            close();
        }
    }

    private void awaitFailure(Duration limit) {
        try {
            failed.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void stalled(long nanosMax) {
        if (connections.stream().anyMatch(connection -> connection.stalledNanos() > nanosMax)) {
            fail(new IOException("the link to " + line.receiver().getHostString() + " takes nothing any more: "
                    + "nothing could be written for " + line.patience().toSeconds() + " s"));
        }
    }

    private void await(ExecutorService crew, Connection first) throws IOException {
        crew.shutdown();
        try {
            while (!crew.awaitTermination(LIFE_SIGN.toSeconds(), TimeUnit.SECONDS)) {
                first.send(new StillHere());
                first.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(e);
        }
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    private ChunkHash verified(Connection first, ChunkHash digest) throws IOException {
        first.send(new Verify(chunksMax, digest));
        first.flush();
        while (true) {
            switch (first.receive()) {
                case Verified _ -> {
                    compared = chunksMax;
                    return digest;
                }
                case Verifying verifying -> compared = Math.min(verifying.chunksDone(), chunksMax);
                case Frame other -> throw new RefusedException(Refusal.MALFORMED,
                        "the receiver says " + other.getClass().getSimpleName() + " instead of Verified");
            }
        }
    }

    private ChunkSet chosen(Geometry geometry) {
        ChunkSet chosen = shipment.chunks().orElseGet(() -> ChunkSet.all(geometry));
        if (!chosen.geometry().equals(geometry)) {
            throw new IllegalArgumentException("chunks are of " + chosen.geometry() + ", the source of " + geometry);
        }
        if (chosen.size() == 0) {
            throw new IllegalArgumentException("chunks is an empty set: there is nothing to send");
        }
        return chosen;
    }

    private static long dataBytes(Disk disk) throws IOException {
        long data = 0;
        for (long at = 0; at < disk.size(); at += LOOK_BYTES) {
            for (Extent extent : disk.extents(at, Math.min(LOOK_BYTES, disk.size() - at))) {
                data += extent.zero() ? 0 : extent.length();
            }
        }
        return data;
    }
}
