package org.godwit.host.disk;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.godwit.disk.Extent;
import org.godwit.disk.mover.ChunkSet;
import org.godwit.disk.mover.Shipped;
import org.godwit.disk.wire.Geometry;
import org.godwit.host.disk.Dispatch.Cargo;
import org.godwit.host.disk.LastWrites.Copy;
import org.godwit.host.disk.LastWrites.Writing;
import org.godwit.host.disk.LeavingDisks.Progress;
import org.godwit.host.disk.NextRound.Sent;
import org.godwit.host.hypervisor.DomainXml.FileDisk;
import org.godwit.host.hypervisor.Hypervisor;
import org.godwit.host.hypervisor.Hypervisor.Activity;
import org.godwit.host.hypervisor.HypervisorException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One VM's disks on their way. The images are sent first, then what the VM has written meanwhile, layer by layer: a layer is frozen,
 * and sent without what the next frozen one covers, so that what is written often travels late. What the VM writes to in the end
 * is left to its hypervisor.
 */
final class Journey {

    private static final Logger LOG = LoggerFactory.getLogger(Journey.class);

    private static final int IMAGE_CHUNK_BYTES = 256 << 10;
    /** Small: a chunk is sent whole, however little of it was written. */
    private static final int LAYER_CHUNK_BYTES = 16 << 10;
    private static final Duration PROGRESS_INTERVAL = Duration.ofMillis(500);
    private static final int ROUND_TRIPS_MAX = 20;

    private final UUID vm;
    private final List<Traveller> travellers;
    private final long total;
    private final Hypervisor hypervisor;
    private final Images images;
    private final Dispatch dispatch;
    private final LongSupplier nanoClock;
    private final Deque<Duration> roundTrips = new ConcurrentLinkedDeque<>();
    private volatile long left;
    /** Pieces of 64 KiB that were written to while the last frozen layer was the uppermost one. */
    private long pieces = Long.MAX_VALUE;
    /** As it took the most that were sent at a time; 0 when nothing was sent that would tell. */
    private double linkBytesPerSecond;
    private long mostBytes;
    private long wireBytes;
    private int layers;
    /** The following are guarded by this. */
    private long frozenAt;
    private boolean areImagesSent;
    private RuntimeException failure;

    /** A disk: what the VM writes to, and what of it has arrived. */
    static final class Traveller {
        private final LocalDisk disk;
        private final long bytes;
        private int written;
        private int arrived;

        /**
         * @param bytes as the VM sees it
         * @param written the layer that the VM writes to
         */
        Traveller(LocalDisk disk, long bytes, int written) {
            this.disk = disk;
            this.bytes = bytes;
            this.written = written;
            this.arrived = written - 1;
        }

        /** Of a VM that is off: its image is sent, as if a layer stood above it. */
        static Traveller atRest(LocalDisk disk, long bytes) {
            return new Traveller(disk, bytes, 1);
        }

        LocalDisk disk() {
            return disk;
        }

        /** Frozen layers that have not arrived. */
        private int waiting() {
            return written - 1 - arrived;
        }
    }

    /** @param travellers at least one */
    Journey(UUID vm, List<Traveller> travellers, Hypervisor hypervisor, Images images, Dispatch dispatch,
            LongSupplier nanoClock) {
        this.vm = vm;
        this.travellers = List.copyOf(travellers);
        this.total = travellers.stream().mapToLong(traveller -> traveller.bytes).sum();
        this.hypervisor = hypervisor;
        this.images = images;
        this.dispatch = dispatch;
        this.nanoClock = nanoClock;
        this.left = total;
        this.frozenAt = nanoClock.getAsLong();
    }

    /**
     * Blocks until all is there but what the VM writes to now.
     *
     * @return how what it writes from now on is to follow
     * @throws DiskException when that cannot be
     * @throws HypervisorException when it is not known what the VM writes to
     */
    LastWrites run(LeavingDisks.Watch watch) {
        long begin = nanoClock.getAsLong();
        Activity before = hypervisor.activity(vm, names());
        meanwhile(() -> {
            Progress progress = progress();
            watch.progress(progress);
            if (2 * progress.arrived() >= total) {
                freezeEarly();
            }
            tryRoundTrip();
        }, () -> sendLayers(sendImagesWhileOneLayerIsFrozen()));
        requireWritten();
        return lastWrites(before, Duration.ofNanos(nanoClock.getAsLong() - begin));
    }

    /** Of a VM that is off, and writes to nothing. Blocks until all is there. @throws DiskException when that cannot be */
    void runAtRest(LeavingDisks.Watch watch) {
        meanwhile(() -> watch.progress(progress()), this::sendImages);
    }

    private void meanwhile(Runnable look, Runnable work) {
        try (ScheduledExecutorService clock = LeavingDisks.clock()) {
            clock.scheduleWithFixedDelay(look, 0, PROGRESS_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
            work.run();
        }
    }

    private Progress progress() {
        return new Progress(total, total - Math.max(0, left - dispatch.settledBytes()),
                total - Math.max(0, left - dispatch.comparedBytes()));
    }

    /** Of all that was sent. */
    long wireBytes() {
        return wireBytes;
    }

    /** Of each disk the same number was frozen after its image, and sent. */
    int layers() {
        return layers;
    }

    private Set<String> names() {
        return travellers.stream().map(traveller -> traveller.disk.target()).collect(Collectors.toSet());
    }

    private void tryRoundTrip() {
        dispatch.roundTrip().ifPresent(roundTrips::addLast);
        if (roundTrips.size() > ROUND_TRIPS_MAX) {
            roundTrips.removeFirst();
        }
    }

    /** The middle one of the latest. */
    private Duration roundTrip() {
        List<Duration> sorted = roundTrips.stream().sorted().toList();
        return sorted.isEmpty() ? Duration.ZERO : sorted.get(sorted.size() / 2);
    }

    private LastWrites lastWrites(Activity before, Duration took) {
        Activity now = hypervisor.activity(vm, names());
        double seconds = Math.max(1e-3, took.toNanos() / 1e9);
        LastWrites how = LastWrites.of(
                new Writing(Math.max(0, now.writes() - before.writes()) / seconds,
                        Math.max(0, now.writtenBytes() - before.writtenBytes()) / seconds, pieces),
                new Copy(now.residentBytes(), linkBytesPerSecond, roundTrip(), took));
        LOG.info("vm={} what it writes while its memory is copied is sent {}: {}", vm,
                how.areSentAtOnce() ? "at once" : "later", how.reason());
        return how;
    }

    private Sent sendImages() {
        long begin = nanoClock.getAsLong();
        long sent = 0;
        for (Traveller traveller : travellers) {
            sent += send(new Cargo(traveller.disk, traveller.arrived, IMAGE_CHUNK_BYTES, Optional.empty()));
            left -= traveller.bytes;
        }
        return new Sent(sent, Duration.ofNanos(nanoClock.getAsLong() - begin));
    }

    private Sent sendImagesWhileOneLayerIsFrozen() {
        try {
            return sendImages();
        } finally {
            endEarlyFreezing();
        }
    }

    /** @throws DiskException when that has failed: then it has also called off what was being sent */
    private synchronized void endEarlyFreezing() {
        areImagesSent = true;
        if (failure != null) {
            throw failure;
        }
    }

    /** When half of the images are there: what the VM writes from then on and wrote before, it writes often. */
    private synchronized void freezeEarly() {
        if (areImagesSent || failure != null || travellers.getFirst().waiting() > 0) {
            return;
        }
        try {
            NextRound early = next(new Sent(0, Duration.ZERO), 0);
            if (early.isSent()) {
                freeze(early);
            }
        } catch (DiskException | HypervisorException e) {
            failure = e;
            dispatch.callOff();
        }
    }

    private void sendLayers(Sent images) {
        Sent last = images;
        int rounds = 0;
        while (true) {
            NextRound next = next(last, rounds);
            if (next.isSent()) {
                freeze(next);
                rounds++;
            } else if (travellers.getFirst().waiting() == 0) {
                LOG.info("vm={} what it writes now goes with its memory: {}", vm, next.reason());
                return;
            }
            long begin = nanoClock.getAsLong();
            pieces = 0;
            layers++;
            long sent = travellers.stream().mapToLong(this::sendOldest).sum();
            last = new Sent(sent, Duration.ofNanos(nanoClock.getAsLong() - begin));
        }
    }

    private synchronized NextRound next(Sent last, int rounds) {
        if (travellers.stream().anyMatch(traveller -> traveller.written == LocalDisk.LAYERS_MAX)) {
            return new NextRound(false, "there are " + LocalDisk.LAYERS_MAX + " layers");
        }
        long grown = travellers.stream().mapToLong(traveller -> images.usedBytes(
                traveller.disk.layer(traveller.written), traveller.disk.format(traveller.written))).sum();
        return NextRound.of(grown, Duration.ofNanos(nanoClock.getAsLong() - frozenAt), last, rounds);
    }

    private synchronized void freeze(NextRound next) {
        Map<String, Path> layers = new LinkedHashMap<>();
        for (Traveller traveller : travellers) {
            images.createLayer(traveller.disk, traveller.written + 1, traveller.bytes);
            layers.put(traveller.disk.target(), traveller.disk.layer(traveller.written + 1));
        }
        hypervisor.redirect(vm, layers);
        travellers.forEach(traveller -> traveller.written++);
        frozenAt = nanoClock.getAsLong();
        LOG.info("vm={} what it writes goes to {} from now on: {}", vm, layers.values(), next.reason());
    }

    /** Of each disk the same layers wait. */
    private long sendOldest(Traveller traveller) {
        int layer = traveller.arrived + 1;
        Geometry geometry = new Geometry(traveller.bytes, LAYER_CHUNK_BYTES);
        List<Extent> written = dispatch.written(traveller.disk, layer);
        pieces += ChunkSet.touchedBy(written, new Geometry(traveller.bytes, LastWrites.PIECE_BYTES)).size();
        ChunkSet chunks = ChunkSet.touchedBy(written, geometry);
        if (traveller.waiting() > 1) {
            List<Extent> newer = dispatch.written(traveller.disk, layer + 1);
            chunks = chunks.without(ChunkSet.coveredBy(newer, geometry));
        }
        long sent = 0;
        if (chunks.size() > 0) {
            left = (long) chunks.size() * LAYER_CHUNK_BYTES;
            sent = send(new Cargo(traveller.disk, layer, LAYER_CHUNK_BYTES, Optional.of(chunks)));
            left = 0;
        }
        traveller.arrived = layer;
        return sent;
    }

    private long send(Cargo cargo) {
        long begin = nanoClock.getAsLong();
        Shipped shipped = dispatch.send(cargo);
        Sent sent = new Sent(shipped.amounts().wireBytes(), Duration.ofNanos(nanoClock.getAsLong() - begin));
        wireBytes += sent.bytes();
        if (sent.tells() && sent.bytes() >= mostBytes) {
            mostBytes = sent.bytes();
            linkBytesPerSecond = sent.perSecond();
        }
        LOG.info("vm={} disk={} layer={} is there: {}", vm, cargo.disk(), cargo.layer(), shipped);
        return shipped.amounts().sentBytes();
    }

    /** Nothing may be below that has not arrived: the hypervisor copies the uppermost layer alone. */
    private void requireWritten() {
        Map<String, String> now = hypervisor.find(vm).stream().flatMap(domain -> domain.xml().fileDisks().stream())
                .collect(Collectors.toMap(FileDisk::target, FileDisk::path));
        for (Traveller traveller : travellers) {
            String expected = traveller.disk.layer(traveller.written).toString();
            if (!expected.equals(now.get(traveller.disk.target()))) {
                throw new DiskException("the VM writes its disk " + traveller.disk.target() + " to "
                        + now.get(traveller.disk.target()) + ", and not to " + expected + ": begin again");
            }
        }
    }
}
