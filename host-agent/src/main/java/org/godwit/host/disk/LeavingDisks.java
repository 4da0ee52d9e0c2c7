package org.godwit.host.disk;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.godwit.disk.mover.DiskReceiver;
import org.godwit.host.disk.Journey.Traveller;
import org.godwit.host.hypervisor.DomainSnapshot;
import org.godwit.host.hypervisor.DomainXml.FileDisk;
import org.godwit.host.hypervisor.Hypervisor;
import org.godwit.host.hypervisor.HypervisorException;
import org.godwit.host.hypervisor.Transport;
import org.godwit.host.program.Programs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disks of VMs that leave. An overlay takes what a VM writes from then on, so the image stands still and is sent; what the overlay
 * has follows. The image of a VM that is off stands still as it is. Whatever is begun is noted first, and each of these methods may be
 * called again, also by the next agent process.
 */
public final class LeavingDisks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LeavingDisks.class);

    private final Hypervisor hypervisor;
    private final Programs programs;
    private final Images images;
    private final Flattening flattening;
    private final ImageServers servers;
    private final DiskNotes notes;
    private final Road road;
    private final ConcurrentMap<UUID, Dispatch> underWay = new ConcurrentHashMap<>();

    /**
     * How other hosts are reached.
     *
     * @param identity what this host shows them; empty when disks do not travel
     * @param port where each of them takes disks
     * @param patience how long a step may take
     * @param pause before something is tried again; before each further attempt it is twice as long
     */
    public record Road(Optional<DiskReceiver.Identity> identity, int port, LongSupplier nanoClock, Duration patience,
            Duration pause) {}

    /** Hears of disks on their way. */
    public interface Watch {

        boolean isCalledOff();

        void progress(Progress progress);
    }

    /**
     * How far disks are, in bytes as the VM sees them: likely, since what is being sent is looked at meanwhile.
     *
     * @param arrived of the total; what the VM writes meanwhile is taken off again until it has arrived, too
     * @param compared of those, what the target has read again
     */
    public record Progress(long total, long arrived, long compared) {}

    /**
     * What of disks goes with their VM's memory.
     *
     * @param overlays those whose uppermost layer does, by what the VM knows them as, and onto which images there; none when none of
     *            its disks is local
     * @param writesAreSentAtOnce what it writes meanwhile, as {@link Hypervisor.CopyOrder} has it
     * @param passage of all that has gone before
     */
    public record Rest(Map<String, Path> overlays, boolean writesAreSentAtOnce, Passage passage) {

        static final Rest NOTHING = new Rest(Map.of(), false, new Passage(Duration.ZERO, 0, 0, ""));

        public Rest {
            overlays = Map.copyOf(overlays);
        }
    }

    /**
     * What it took to send all that did not go with the memory.
     *
     * @param bytes on the wire
     * @param layers after the images
     * @param reason why last writes are sent as they are, for people
     */
    public record Passage(Duration took, long bytes, int layers, String reason) {}

    /** @param folder of notes and sockets */
    public LeavingDisks(Hypervisor hypervisor, Programs programs, Path folder, Road road) {
        this.hypervisor = hypervisor;
        this.programs = programs;
        this.images = new Images(programs);
        this.flattening = new Flattening(hypervisor, images);
        this.servers = new ImageServers(programs, folder.resolve("serving"));
        this.notes = new DiskNotes(folder.resolve("leaving"));
        this.road = road;
    }

    /**
     * Sends what stands in the VM's local disks to a host that expects the VM, while it runs and writes elsewhere. When this returns,
     * all of it is there, was read again and compared.
     *
     * @param targetUri where its libvirt is reached: there the disks go, too
     * @param bytesPerSecond at most; 0 for no limit
     * @return what is left to be copied with the VM
     * @throws DiskException when that cannot be: the VM runs on as it did, or writes to overlays until {@link #restore}
     */
    public Rest send(UUID vm, String targetUri, long bytesPerSecond, Watch watch) {
        // A VM that is not here, or does not run, does not leave: who copies it tells why.
        Optional<DomainSnapshot> running = hypervisor.find(vm).filter(DomainSnapshot::isRunning);
        List<FileDisk> local = running.map(domain -> DiskSurvey.local(domain.xml())).orElse(List.of());
        if (local.isEmpty()) {
            running.ifPresent(_ -> forget(vm));
            return Rest.NOTHING;
        }
        return underWay(vm, targetUri, bytesPerSecond, watch, dispatch -> {
            long begin = road.nanoClock().getAsLong();
            List<Traveller> travellers = redirected(vm, local);
            Journey journey = new Journey(vm, travellers, hypervisor, images, dispatch, road.nanoClock());
            LastWrites how = journey.run(watch);
            return new Rest(travellers.stream().map(Traveller::disk).collect(Collectors.toMap(LocalDisk::target,
                    LocalDisk::overlay)), how.areSentAtOnce(), passage(begin, journey, how.reason()));
        });
    }

    /**
     * Sends the local disks of a VM that is off, and that nobody starts meanwhile, to a host that expects it. When this returns, all of
     * it is there, was read again and compared. What is sent stays here until {@link #remove}.
     *
     * @param targetUri where its libvirt is reached: there the disks go, too
     * @param bytesPerSecond at most; 0 for no limit
     * @return empty when none of its disks is local
     * @throws DiskException when that cannot be, or they were written to meanwhile
     */
    public Optional<Passage> sendAtRest(UUID vm, String targetUri, long bytesPerSecond, Watch watch) {
        List<LocalDisk> disks = hypervisor.find(vm).map(domain -> DiskSurvey.local(domain.xml())).orElse(List.of())
                .stream().map(LeavingDisks::travelling).toList();
        if (disks.isEmpty()) {
            forget(vm);
            return Optional.empty();
        }
        return Optional.of(underWay(vm, targetUri, bytesPerSecond, watch, dispatch -> {
            long begin = road.nanoClock().getAsLong();
            List<Instant> written = written(disks);
            notes.put(vm, disks);
            disks.forEach(flattening::putAside);
            List<Traveller> travellers = disks.stream().map(
                    disk -> Traveller.atRest(disk, images.describe(disk.path(), disk.format()).virtualBytes()))
                    .toList();
            Journey journey = new Journey(vm, travellers, hypervisor, images, dispatch, road.nanoClock());
            journey.runAtRest(watch);
            if (!written(disks).equals(written)) {
                throw new DiskException("the VM is off, and somebody has written to its disks while they were sent: see"
                        + " that nobody starts it, and begin again");
            }
            return passage(begin, journey, "");
        }));
    }

    /** What was noted of an earlier life of the VM is no disk of it any more: it must not go when the VM has left. */
    private void forget(UUID vm) {
        notes.remove(vm);
    }

    private static List<Instant> written(List<LocalDisk> disks) {
        return disks.stream().map(disk -> {
            try {
                return Files.getLastModifiedTime(disk.path()).toInstant();
            } catch (IOException e) {
                throw new DiskException(disk.path() + " cannot be looked at: " + e.getMessage(), e);
            }
        }).toList();
    }

    /** What was sent of a VM that is off, by what the VM knows them as: there each is one image, without what it is backed by here. */
    public Map<String, Path> atRest(UUID vm) {
        return notes.of(vm).stream().collect(Collectors.toMap(LocalDisk::target, LocalDisk::path));
    }

    private Passage passage(long begin, Journey journey, String reason) {
        return new Passage(Duration.ofNanos(road.nanoClock().getAsLong() - begin), journey.wireBytes(),
                journey.layers(), reason);
    }

    /** One journey of a VM at a time, which can be called off. */
    private <T> T underWay(UUID vm, String targetUri, long bytesPerSecond, Watch watch, Function<Dispatch, T> work) {
        DiskReceiver.Identity identity = road.identity().orElseThrow(() -> new DiskException(
                "the VM has disks on this host, and disks travel with transport = tls only"));
        Dispatch dispatch = new Dispatch(vm, host(targetUri), identity, servers, road, bytesPerSecond);
        if (underWay.putIfAbsent(vm, dispatch) != null) {
            throw new DiskException("the VM's disks are being sent already");
        }
        try {
            // Called off before it could be found to be under way.
            if (watch.isCalledOff()) {
                throw new DiskException("called off before the disks were sent");
            }
            return work.apply(dispatch);
        } finally {
            underWay.remove(vm, dispatch);
        }
    }

    /** Looks after what is left to be copied with the VM, until it is closed: the VM shall not wait for a link that is dead. */
    public Guard guard(Rest rest, String targetUri) {
        if (!rest.writesAreSentAtOnce()) {
            return () -> {};
        }
        InetSocketAddress target = new InetSocketAddress(host(targetUri), road.port());
        if (target.isUnresolved()) {
            // Nobody can copy to there: whoever tries tells why.
            return () -> {};
        }
        DeadLink link = DeadLink.to(target, programs, road.nanoClock());
        ScheduledExecutorService clock = clock();
        clock.scheduleWithFixedDelay(link::look, 0, DeadLink.LOOK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        return clock::shutdownNow;
    }

    /** Of one VM alone: what waits for its link keeps no other one waiting. */
    static ScheduledExecutorService clock() {
        return Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("leaving-disks-", 0).factory());
    }

    /** Somebody who looks after something until this is closed. */
    @FunctionalInterface
    public interface Guard extends AutoCloseable {
        @Override
        void close();
    }

    private static String host(String targetUri) {
        try {
            return Transport.host(targetUri);
        } catch (IllegalArgumentException e) {
            throw new DiskException("disks cannot be sent there: " + e.getMessage(), e);
        }
    }

    /** As they were noted when an attempt before was not undone: then the VM writes to layers already. */
    private List<Traveller> redirected(UUID vm, List<FileDisk> local) {
        List<LocalDisk> before = notes.of(vm);
        Map<LocalDisk, Integer> written = new LinkedHashMap<>();
        for (FileDisk file : local) {
            LocalDisk disk = before.stream().filter(noted -> noted.layerAt(file.path()) > 0).findFirst()
                    .orElseGet(() -> travelling(file));
            written.put(disk, disk.layerAt(file.path()));
        }
        notes.put(vm, List.copyOf(written.keySet()));
        List<Traveller> travellers = new ArrayList<>();
        Map<String, Path> overlays = new LinkedHashMap<>();
        written.forEach((disk, layer) -> {
            long bytes = images.describe(disk.path(), disk.format()).virtualBytes();
            if (layer == 0) {
                flattening.putAside(disk);
                images.createLayer(disk, 1, bytes);
                overlays.put(disk.target(), disk.overlay());
            }
            travellers.add(new Traveller(disk, bytes, Math.max(1, layer)));
        });
        if (!overlays.isEmpty()) {
            hypervisor.redirect(vm, overlays);
            LOG.info("vm={} what it writes goes to {} from now on", vm, overlays.values());
        }
        return travellers;
    }

    private static LocalDisk travelling(FileDisk disk) {
        if (LocalDisk.isLayer(disk.path())) {
            throw new DiskException("disk " + disk.target() + ": " + DiskSurvey.stillBeingPutTogether(disk));
        }
        try {
            return new LocalDisk(disk.target(), disk.format(), Path.of(disk.path()));
        } catch (IllegalArgumentException e) {
            throw new DiskException(e.getMessage(), e);
        }
    }

    /** Stops what is being sent; {@link #send} and {@link #sendAtRest} then fail. Nothing happens when nothing is. */
    public void callOff(UUID vm) {
        Optional.ofNullable(underWay.get(vm)).ifPresent(Dispatch::callOff);
    }

    /**
     * The VM stays: what it has written meanwhile goes into its own images again. Nothing happens when nothing was begun, and when the
     * VM has ended meanwhile: then its images stay as they are.
     *
     * @throws DiskException when the VM goes on to write to its overlays
     */
    public void restore(UUID vm) {
        List<LocalDisk> disks = notes.of(vm);
        if (disks.isEmpty()) {
            return;
        }
        Optional<DomainSnapshot> domain = hypervisor.find(vm);
        if (domain.filter(DomainSnapshot::isRunning).isEmpty()) {
            List<Path> layers = disks.stream().flatMap(disk -> disk.layers().stream()).filter(Files::exists).toList();
            if (!layers.isEmpty()) {
                LOG.warn(
                        "vm={} it does not run: what it wrote last is in {}, above its images; qemu-img commit -b IMAGE"
                                + " UPPERMOST puts it there",
                        vm, layers);
            }
            return;
        }
        flattening.run(domain.get(), disks);
        notes.remove(vm);
    }

    /** Those that were left redirected when the agent ended, and whose VM no migration is under way of. */
    public void restoreAll(Predicate<UUID> isIdle) {
        for (UUID vm : notes.vms()) {
            if (isIdle.test(vm)) {
                try {
                    restore(vm);
                } catch (DiskException | HypervisorException e) {
                    LOG.warn("vm={} its disks are not put together yet: {}", vm, e.getMessage());
                }
            }
        }
    }

    /** The VM runs at its target, with all that was here: the images here go. Nothing happens when none was sent. */
    public void remove(UUID vm) {
        List<LocalDisk> disks = notes.of(vm);
        if (disks.isEmpty()) {
            return;
        }
        if (hypervisor.find(vm).isPresent()) {
            throw new DiskException("the VM is still defined on this host: its disks stay");
        }
        for (int i = 0; i < disks.size(); i++) {
            LocalDisk disk = disks.get(i);
            disk.layers().reversed().forEach(Flattening::delete);
            Flattening.delete(disk.path());
            // Before the next one, which may fail: when this is done again, another VM's disk may be in the place of this one.
            notes.put(vm, disks.subList(i + 1, disks.size()));
        }
        notes.remove(vm);
        LOG.info("vm={} it has left, and its disks with it: removed {}", vm, disks);
    }

    @Override
    public void close() {
        underWay.values().forEach(Dispatch::callOff);
    }
}
