package org.godwit.host.disk;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.godwit.disk.mover.DiskReceiver;
import org.godwit.disk.mover.Pacer;
import org.godwit.disk.mover.RefusedException;
import org.godwit.disk.mover.Sending;
import org.godwit.disk.mover.Shipment;
import org.godwit.disk.mover.Shipped;
import org.godwit.disk.wire.TransferId;
import org.godwit.host.disk.LocalDisk.Label;
import org.godwit.host.hypervisor.DomainSnapshot;
import org.godwit.host.hypervisor.DomainXml.FileDisk;
import org.godwit.host.hypervisor.Hypervisor;
import org.godwit.host.hypervisor.HypervisorException;
import org.godwit.host.hypervisor.Transport;
import org.godwit.host.program.Programs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disks of VMs that leave. An overlay takes what a VM writes from then on, so the image stands still and is sent; the overlay
 * follows with the VM's memory. Whatever is begun is noted first, and each of these methods may be called again, also by the next
 * agent process.
 */
public final class LeavingDisks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LeavingDisks.class);

    private static final int CHUNK_BYTES = 256 << 10;
    private static final int CONNECTIONS = 4;
    private static final int SERVED_MAX = 2 * CONNECTIONS;
    private static final int ATTEMPTS_MAX = 6;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration PROGRESS_INTERVAL = Duration.ofMillis(500);

    private final Hypervisor hypervisor;
    private final Images images;
    private final ImageServers servers;
    private final DiskNotes notes;
    private final Road road;
    private final ScheduledExecutorService clock = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("leaving-disks-", 0).factory());
    private final ConcurrentMap<UUID, Departure> underWay = new ConcurrentHashMap<>();

    /**
     * How other hosts are reached.
     *
     * @param identity what this host shows them; empty when disks do not travel
     * @param port where each of them takes disks
     * @param patience how long a step may take
     */
    public record Road(Optional<DiskReceiver.Identity> identity, int port, LongSupplier nanoClock, Duration patience) {}

    /** Hears of disks on their way. */
    public interface Watch {

        boolean isCalledOff();

        /** In bytes of the disks as the VM sees them. */
        void progress(long total, long done);
    }

    /** One VM's. */
    private static final class Departure {
        private final CountDownLatch calledOff = new CountDownLatch(1);
        private volatile Sending sending;

        boolean isCalledOff() {
            return calledOff.getCount() == 0;
        }

        void callOff() {
            calledOff.countDown();
            Sending now = sending;
            if (now != null) {
                now.close();
            }
        }
    }

    /** @param folder of notes and sockets */
    public LeavingDisks(Hypervisor hypervisor, Programs programs, Path folder, Road road) {
        this.hypervisor = hypervisor;
        this.images = new Images(programs);
        this.servers = new ImageServers(programs, folder.resolve("serving"));
        this.notes = new DiskNotes(folder.resolve("leaving"));
        this.road = road;
    }

    /**
     * Sends what stands in the VM's local disks to a host that expects the VM, while it runs and writes elsewhere. When this returns,
     * all of it is there, was read again and compared.
     *
     * @param targetUri where its libvirt is reached: there the disks go, too
     * @return the disks whose overlays are to be copied with the VM, by what it knows them as; none when none is local
     * @throws DiskException when that cannot be: the VM runs on as it did, or writes to overlays until {@link #restore}
     */
    public List<String> send(UUID vm, String targetUri, Watch watch) {
        // A VM that is not here, or does not run, does not leave: who copies it tells why.
        List<FileDisk> local = hypervisor.find(vm).filter(DomainSnapshot::isRunning)
                .map(domain -> DiskSurvey.local(domain.xml())).orElse(List.of());
        if (local.isEmpty()) {
            return List.of();
        }
        DiskReceiver.Identity identity = road.identity().orElseThrow(() -> new DiskException(
                "the VM has disks on this host, and disks travel with transport = tls only"));
        String host = host(targetUri);
        Departure departure = new Departure();
        if (underWay.putIfAbsent(vm, departure) != null) {
            throw new DiskException("the VM's disks are being sent already");
        }
        try {
            // Called off before it could be found to be under way.
            if (watch.isCalledOff()) {
                throw new DiskException("called off before the disks were sent");
            }
            List<LocalDisk> disks = redirected(vm, local);
            send(vm, disks, host, identity, departure, watch);
            return disks.stream().map(LocalDisk::target).toList();
        } finally {
            underWay.remove(vm, departure);
        }
    }

    private static String host(String targetUri) {
        try {
            return Transport.host(targetUri);
        } catch (IllegalArgumentException e) {
            throw new DiskException("disks cannot be sent there: " + e.getMessage(), e);
        }
    }

    /** As they were noted when an attempt before was not undone: then the VM writes to overlays already. */
    private List<LocalDisk> redirected(UUID vm, List<FileDisk> local) {
        Map<Path, LocalDisk> before = notes.of(vm).stream()
                .collect(Collectors.toMap(LocalDisk::overlay, Function.identity()));
        Map<LocalDisk, Boolean> disks = new LinkedHashMap<>();
        for (FileDisk disk : local) {
            LocalDisk noted = before.get(Path.of(disk.path()));
            disks.put(noted == null ? travelling(disk) : noted, noted != null);
        }
        notes.put(vm, List.copyOf(disks.keySet()));
        Map<String, Path> overlays = new LinkedHashMap<>();
        disks.forEach((disk, isRedirected) -> {
            if (!isRedirected) {
                Flattening.putAside(disk);
                images.createOverlay(disk, images.describe(disk.path(), disk.format()).virtualBytes());
                overlays.put(disk.target(), disk.overlay());
            }
        });
        if (!overlays.isEmpty()) {
            hypervisor.redirect(vm, overlays);
            LOG.info("vm={} what it writes goes to {} from now on", vm, overlays.values());
        }
        return List.copyOf(disks.keySet());
    }

    private static LocalDisk travelling(FileDisk disk) {
        if (disk.path().endsWith(LocalDisk.OVERLAY_SUFFIX)) {
            throw new DiskException(
                    "disk " + disk.target() + " is still being put together after a migration: wait until "
                            + disk.path() + " is gone");
        }
        try {
            return new LocalDisk(disk.target(), disk.format(), Path.of(disk.path()));
        } catch (IllegalArgumentException e) {
            throw new DiskException(e.getMessage(), e);
        }
    }

    private void send(UUID vm, List<LocalDisk> disks, String host, DiskReceiver.Identity identity, Departure departure,
            Watch watch) {
        Map<LocalDisk, Long> sizes = new LinkedHashMap<>();
        disks.forEach(disk -> sizes.put(disk, images.describe(disk.path(), disk.format()).virtualBytes()));
        long total = sizes.values().stream().mapToLong(Long::longValue).sum();
        long done = 0;
        for (LocalDisk disk : disks) {
            long before = done;
            ScheduledFuture<?> telling = clock.scheduleWithFixedDelay(
                    () -> watch.progress(total, Math.min(total, before + sent(departure))), 0,
                    PROGRESS_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
            try {
                Shipped shipped = persist(vm, disk, host, identity, departure);
                LOG.info("vm={} disk={} is at {}: {}", vm, disk, host, shipped);
            } finally {
                telling.cancel(false);
            }
            done += sizes.get(disk);
        }
    }

    private static long sent(Departure departure) {
        Sending now = departure.sending;
        return now == null ? 0 : now.amounts().chunks() * CHUNK_BYTES;
    }

    /** A link that breaks, or an agent there that is started anew, costs a pause: what has arrived is not sent again. */
    private Shipped persist(UUID vm, LocalDisk disk, String host, DiskReceiver.Identity identity,
            Departure departure) {
        for (int attempt = 1;; attempt++) {
            try {
                return once(vm, disk, host, identity, departure);
            } catch (IOException e) {
                if (departure.isCalledOff()) {
                    throw new DiskException("called off while disk " + disk.target() + " was being sent", e);
                }
                if (attempt == ATTEMPTS_MAX || e instanceof RefusedException refused && isFinal(refused)) {
                    throw new DiskException("disk " + disk.target() + " (" + disk.path() + ") could not be sent to "
                            + host + ": " + e.getMessage(), e);
                }
                LOG.warn("vm={} disk={} not sent yet, attempt {} of {}: {}", vm, disk, attempt, ATTEMPTS_MAX,
                        e.getMessage());
                pause(departure, FIRST_PAUSE.multipliedBy(1L << attempt - 1));
            }
        }
    }

    private static boolean isFinal(RefusedException e) {
        return switch (e.reason()) {
            case MALFORMED, NOT_EXPECTED, NO_SPACE, DIFFERENT -> true;
            case CORRUPT, DISK_FAILED, SUPERSEDED -> false;
        };
    }

    private static void pause(Departure departure, Duration length) {
        try {
            if (departure.calledOff.await(length.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new DiskException("called off while a disk was being sent");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DiskException("the agent was stopped while a disk was being sent", e);
        }
    }

    private Shipped once(UUID vm, LocalDisk disk, String host, DiskReceiver.Identity identity, Departure departure)
            throws IOException {
        String label = new Label(vm, disk).text();
        TransferId transfer = new TransferId(UUID.nameUUIDFromBytes(label.getBytes(StandardCharsets.UTF_8)));
        try (ImageServers.Server server = servers.serve(disk.path(), disk.format(), true, SERVED_MAX);
                Sending sending = new Sending(
                        new Shipment(transfer, label, server, CHUNK_BYTES, CONNECTIONS, Optional.empty()),
                        new Sending.Line(new InetSocketAddress(host, road.port()), identity.tls(),
                                new Pacer(road.nanoClock(), 0), road.nanoClock(), road.patience()))) {
            departure.sending = sending;
            if (departure.isCalledOff()) {
                throw new IOException("called off");
            }
            return sending.run();
        } finally {
            departure.sending = null;
        }
    }

    /** Stops what is being sent; {@link #send} then fails. Nothing happens when nothing is. */
    public void callOff(UUID vm) {
        Optional.ofNullable(underWay.get(vm)).ifPresent(Departure::callOff);
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
            LOG.warn(
                    "vm={} it does not run: what it wrote last is in {}, above its images; qemu-img commit puts it there",
                    vm, disks.stream().map(LocalDisk::overlay).filter(Files::exists).toList());
            return;
        }
        new Flattening(hypervisor).run(domain.get(), disks);
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
        for (LocalDisk disk : disks) {
            Flattening.delete(disk.overlay());
            Flattening.delete(disk.path());
        }
        notes.remove(vm);
        LOG.info("vm={} it has left, and its disks with it: removed {}", vm, disks);
    }

    @Override
    public void close() {
        clock.shutdownNow();
        underWay.values().forEach(Departure::callOff);
    }
}
