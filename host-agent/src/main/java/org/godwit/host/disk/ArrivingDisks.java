package org.godwit.host.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.godwit.disk.Disk;
import org.godwit.disk.mover.Landings;
import org.godwit.disk.mover.Peer;
import org.godwit.disk.mover.RefusedException;
import org.godwit.disk.wire.Frame.Open;
import org.godwit.disk.wire.Refusal;
import org.godwit.host.disk.LocalDisk.Label;
import org.godwit.host.hypervisor.DomainSnapshot;
import org.godwit.host.hypervisor.DomainXml.FileDisk;
import org.godwit.host.hypervisor.Hypervisor;
import org.godwit.host.hypervisor.HypervisorException;
import org.godwit.host.program.Programs;
import org.godwit.protocol.identity.PinnedCa;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disks of VMs that are expected. What arrives grows beside its place, under another name; all of it and compared, it is moved
 * there and gets an overlay, on which the VM's own goes on; one that comes while it is off does without. Whatever is begun is noted first, and all of it may be done again.
 */
public final class ArrivingDisks implements Landings {

    private static final Logger LOG = LoggerFactory.getLogger(ArrivingDisks.class);

    /** What libvirt and QEMU show each other: whoever has it may start any VM here anyway. */
    private static final String HYPERVISOR = "OU=" + PinnedCa.HYPERVISOR_UNIT;
    private static final int SERVED_MAX = 24;
    private static final Duration KEPT_FOR = Duration.ofDays(1);

    private final Hypervisor hypervisor;
    private final Images images;
    private final ImageServers servers;
    private final DiskNotes notes;
    private final DiskNotes kept;
    private final GoldenImages golden;
    private final Predicate<UUID> isExpected;
    private final InstantSource clock;
    private final Set<UUID> beingFlattened = ConcurrentHashMap.newKeySet();

    /**
     * @param folder of notes and sockets
     * @param golden what disks may have been made from
     * @param isExpected whether a VM may arrive, as the control server has said
     */
    public ArrivingDisks(Hypervisor hypervisor, Programs programs, Path folder, GoldenImages golden,
            Predicate<UUID> isExpected, InstantSource clock) {
        this.hypervisor = hypervisor;
        this.images = new Images(programs);
        this.servers = new ImageServers(programs, folder.resolve("landing"));
        this.notes = new DiskNotes(folder.resolve("arriving"));
        this.kept = new DiskNotes(folder.resolve("kept"));
        this.golden = golden;
        this.isExpected = isExpected;
        this.clock = clock;
    }

    @Override
    public Landing begin(Open open, Peer peer) throws IOException {
        Label label = expected(open, peer);
        LocalDisk disk = label.disk();
        take(label.vm(), disk);
        long bytes = open.geometry().diskBytes();
        try {
            makeReady(label, bytes, open.dataBytes());
            return new ImageLanding(label, bytes, servers.serve(disk.partial(), disk.format(), false, SERVED_MAX),
                    label.isMore() ? List.of() : siblings());
        } catch (DiskException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * From now on the disk's place is this VM's, and nobody else's: putting aside what has arrived of another one's disk there would
     * put this one's aside.
     */
    private synchronized void take(UUID vm, LocalDisk disk) throws IOException {
        if (Files.exists(disk.path()) && !notes.of(vm).contains(disk)) {
            throw refused(disk.path() + " is there already, and nothing of this VM: move it away");
        }
        if (!Files.isDirectory(disk.path().getParent())) {
            throw refused("there is no folder " + disk.path().getParent() + ": make it");
        }
        Optional<UUID> other = others(notes, vm, disk).findFirst();
        if (other.isPresent()) {
            throw refused(disk.path() + " is where a disk of VM " + other.get()
                    + " arrives: move one VM after the other, or rename the image of one");
        }
        for (UUID before : others(kept, vm, disk).toList()) {
            Files.deleteIfExists(disk.partial());
            kept.put(before, kept.of(before).stream().filter(it -> !it.path().equals(disk.path())).toList());
        }
        notes.add(vm, disk);
        kept.remove(vm);
    }

    /** The other VMs of which a disk with this place is noted. */
    private static Stream<UUID> others(DiskNotes notes, UUID vm, LocalDisk disk) {
        return notes.vms().stream().filter(other -> !other.equals(vm)
                && notes.of(other).stream().anyMatch(it -> it.path().equals(disk.path())));
    }

    private Label expected(Open open, Peer peer) throws RefusedException {
        if (!Arrays.asList(peer.name().split(",")).contains(HYPERVISOR)) {
            throw refused("the certificate of " + peer.name() + " is not one that hypervisors show each other");
        }
        Label label;
        try {
            label = Label.parse(open.disk());
        } catch (IllegalArgumentException e) {
            throw new RefusedException(Refusal.MALFORMED, e.getMessage(), e);
        }
        if (!isExpected.test(label.vm()) || hypervisor.find(label.vm()).isPresent()) {
            throw refused("VM " + label.vm() + " is not expected here");
        }
        return label;
    }

    private void makeReady(Label label, long bytes, long dataBytes) throws IOException {
        LocalDisk disk = label.disk();
        if (Files.exists(disk.path())) {
            // All of it was here once, and the source has gone on since.
            Files.move(disk.path(), disk.partial(), StandardCopyOption.ATOMIC_MOVE);
        }
        if (Files.exists(disk.partial())) {
            if (images.describe(disk.partial(), disk.format()).virtualBytes() == bytes) {
                return;
            }
            Files.delete(disk.partial());
        }
        if (label.isMore()) {
            throw refused("what has arrived of disk " + disk.target() + " is not at " + disk.path()
                    + " any more: all of it must be sent");
        }
        long free = Files.getFileStore(disk.path().getParent()).getUsableSpace();
        if (free < dataBytes) {
            throw new RefusedException(Refusal.NO_SPACE, "disk " + disk.target() + " has " + (dataBytes >> 20)
                    + " MiB of data, and " + disk.path().getParent() + " has " + (free >> 20) + " MiB left");
        }
        images.create(disk.partial(), disk.format(), bytes);
    }

    /** What cannot be read there travels. */
    private List<ImageServers.Server> siblings() {
        List<ImageServers.Server> siblings = new ArrayList<>();
        for (GoldenImages.Golden image : golden.images().stream().limit(GoldenImages.IMAGES_MAX).toList()) {
            try {
                siblings.add(servers.serve(image.path(), image.format(), true, SERVED_MAX));
            } catch (DiskException e) {
                LOG.warn("golden image not looked at: {}", e.getMessage());
            }
        }
        return siblings;
    }

    private static RefusedException refused(String words) {
        return new RefusedException(Refusal.NOT_EXPECTED, words);
    }

    /** One disk that arrives. */
    private final class ImageLanding implements Landing {

        private final Label label;
        private final long bytes;
        private final ImageServers.Server server;
        private final List<ImageServers.Server> siblings;

        private ImageLanding(Label label, long bytes, ImageServers.Server server,
                List<ImageServers.Server> siblings) {
            this.label = label;
            this.bytes = bytes;
            this.server = server;
            this.siblings = siblings;
        }

        @Override
        public Disk openTarget() throws IOException {
            return server.open();
        }

        @Override
        public List<Disk.Opener> siblings() {
            return List.copyOf(siblings);
        }

        @Override
        public void verified() throws IOException {
            server.awaitEnd();
            try {
                complete(label, bytes);
            } catch (DiskException e) {
                throw new IOException(e.getMessage(), e);
            }
        }

        @Override
        public void close() throws IOException {
            try {
                server.close();
            } finally {
                for (ImageServers.Server sibling : siblings) {
                    sibling.close();
                }
            }
        }
    }

    /** Not after it was said that the VM does not come: nobody would know of it. */
    private synchronized void complete(Label label, long bytes) throws IOException {
        LocalDisk disk = label.disk();
        if (!notes.of(label.vm()).contains(disk)) {
            throw refused("VM " + label.vm() + " is not expected here any more");
        }
        Files.move(disk.partial(), disk.path(), StandardCopyOption.ATOMIC_MOVE);
        images.createLayer(disk, 1, bytes);
    }

    /**
     * The VM runs here: its overlays are put into its images while it runs. Nothing happens when it came without disks, or while that
     * is being done already. Blocks for as long as it takes.
     */
    public void flatten(UUID vm) {
        List<LocalDisk> disks = notes.of(vm);
        Optional<DomainSnapshot> domain = disks.isEmpty() ? Optional.empty() : hypervisor.find(vm);
        if (domain.filter(DomainSnapshot::isRunning).isEmpty() || !beingFlattened.add(vm)) {
            return;
        }
        try {
            new Flattening(hypervisor, images).run(domain.get(), disks);
            notes.remove(vm);
            LOG.info("vm={} its disks are put together: {}", vm, disks);
        } catch (DiskException | HypervisorException e) {
            LOG.warn("vm={} its disks are not put together yet: {}", vm, e.getMessage());
        } finally {
            beingFlattened.remove(vm);
        }
    }

    /** Of VMs that have come and settled, and whose disks an agent before has not put together. */
    public void flattenAll(Predicate<UUID> isSettled) {
        notes.vms().stream().filter(isSettled).forEach(this::flatten);
    }

    /**
     * The VM, which is off, is about to be started here from its images themselves: then nothing comes on top of them. Nothing happens
     * when it runs, or writes to an overlay when it does.
     */
    public void rest(UUID vm) {
        List<LocalDisk> disks = notes.of(vm);
        Optional<DomainSnapshot> domain = disks.isEmpty() ? Optional.empty() : hypervisor.find(vm);
        domain.filter(it -> it.state() == DomainSnapshot.State.SHUTOFF).ifPresent(off -> {
            List<String> written = off.xml().fileDisks().stream().map(FileDisk::path).toList();
            disks.stream().filter(disk -> written.contains(disk.path().toString())).map(LocalDisk::overlay)
                    .forEach(Flattening::delete);
        });
    }

    /**
     * The VM does not come. What has arrived of its disks is kept for a day, should it be tried again. Of one that has come, and ended,
     * everything stays: nothing else has what it wrote last.
     */
    public synchronized void discard(UUID vm) {
        List<LocalDisk> disks = notes.of(vm);
        if (!disks.isEmpty() && isExpected.test(vm) && hypervisor.find(vm).isEmpty()) {
            try {
                for (LocalDisk disk : disks) {
                    Flattening.delete(disk.overlay());
                    if (Files.exists(disk.path())) {
                        Files.move(disk.path(), disk.partial(), StandardCopyOption.ATOMIC_MOVE);
                    }
                }
            } catch (IOException e) {
                throw new DiskException("the disks of a VM that does not come cannot be put aside: " + e.getMessage(),
                        e);
            }
            kept.put(vm, disks);
            notes.remove(vm);
        }
        sweep();
    }

    /** Removes what has been kept for long enough. */
    public void sweep() {
        for (UUID vm : kept.before(clock.instant().minus(KEPT_FOR))) {
            kept.of(vm).stream().map(LocalDisk::partial).forEach(Flattening::delete);
            kept.remove(vm);
        }
    }
}
