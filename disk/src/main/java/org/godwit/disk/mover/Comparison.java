package org.godwit.disk.mover;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.BitSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.godwit.disk.wire.ChunkHash;
import org.godwit.disk.wire.Frame.Verifying;
import org.godwit.disk.wire.Geometry;

/** Reads again, by several threads, what a transfer has brought. */
final class Comparison {

    private static final int THREADS_MAX = 4;
    private static final int LIFE_SIGN_SECONDS = 5;

    private final Arrival arrival;
    private final BitSet chunks;
    private final Geometry geometry;
    private final DiskDigest digest;
    private final AtomicInteger nextSegment = new AtomicInteger();
    private final LongAdder done = new LongAdder();
    private final AtomicReference<IOException> failure = new AtomicReference<>();

    Comparison(Arrival arrival) {
        this.arrival = arrival;
        this.chunks = arrival.settled();
        this.geometry = arrival.geometry();
        this.digest = new DiskDigest(geometry);
    }

    /** @param connection gets a sign of life from time to time */
    ChunkHash run(Connection connection) throws IOException {
        int threads = Math.min(THREADS_MAX, Runtime.getRuntime().availableProcessors());
        try (ExecutorService crew = Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon()
                .name("disk-comparison-", 0).factory())) {
            for (int i = 0; i < threads; i++) {
                crew.execute(this::readSegments);
            }
            crew.shutdown();
            while (!crew.awaitTermination(LIFE_SIGN_SECONDS, TimeUnit.SECONDS)) {
                connection.send(new Verifying(done.sum()));
                connection.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(e);
        } catch (IOException e) {
            failure.compareAndSet(null, e);
        }
        if (failure.get() != null) {
            throw failure.get();
        }
        return digest.root();
    }

    private void readSegments() {
        try (Berth berth = arrival.berth()) {
            int segments = DiskDigest.segments(geometry);
            for (int i = nextSegment.getAndIncrement(); i < segments
                    && failure.get() == null; i = nextSegment.getAndIncrement()) {
                read(berth, i);
            }
        } catch (IOException e) {
            failure.compareAndSet(null, e);
        }
    }

    private void read(Berth berth, int number) throws IOException {
        DiskDigest.Segment segment = digest.new Segment(number);
        berth.hash(number, chunks, segment);
        segment.end();
        done.add(chunks.get(DiskDigest.first(number), DiskDigest.end(number, geometry)).cardinality());
    }
}
