package org.godwit.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.godwit.disk.mover.DiskReceiver;
import org.godwit.host.alone.Stand;
import org.godwit.host.alone.VmLedger;
import org.godwit.host.disk.ArrivingDisks;
import org.godwit.host.disk.DiskSurvey;
import org.godwit.host.disk.GoldenImages;
import org.godwit.host.disk.LeavingDisks;
import org.godwit.host.hypervisor.Hypervisor;
import org.godwit.host.program.Programs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All that sends and takes disks on this host. */
final class DiskTraffic implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DiskTraffic.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final VmLedger ledger;
    private final DiskSurvey survey;
    private final LeavingDisks leaving;
    private final ArrivingDisks arriving;
    private final Optional<DiskReceiver> receiver;

    /**
     * Where it happens.
     *
     * @param port on which every host takes disks
     * @param folder of what must not be forgotten, and of sockets
     * @param golden what disks may have been made from
     */
    record Place(Programs programs, int port, Path folder, GoldenImages golden) {}

    /** @param identity what hosts show each other; empty when they show nothing: then no disk travels */
    DiskTraffic(Place place, Optional<DiskReceiver.Identity> identity, Hypervisor hypervisor, VmLedger ledger,
            InstantSource clock, LongSupplier nanoClock) {
        this.ledger = ledger;
        survey = new DiskSurvey(place.programs());
        leaving = new LeavingDisks(hypervisor, place.programs(), place.folder(),
                new LeavingDisks.Road(identity, place.port(), nanoClock, PATIENCE, PAUSE));
        arriving = new ArrivingDisks(hypervisor, place.programs(), place.folder(), place.golden(),
                vm -> ledger.stand(vm) == Stand.EXPECTED, clock);
        receiver = identity.map(it -> listen(place.port(), it, arriving, nanoClock));
    }

    private static DiskReceiver listen(int port, DiskReceiver.Identity identity, ArrivingDisks arriving,
            LongSupplier nanoClock) {
        try {
            DiskReceiver receiver = new DiskReceiver(new InetSocketAddress(port), identity, arriving, nanoClock,
                    PATIENCE);
            LOG.info("takes disks on port {}", receiver.address().getPort());
            return receiver;
        } catch (IOException e) {
            throw new UncheckedIOException("disks cannot be taken on port " + port + " (disk-port)", e);
        }
    }

    DiskSurvey survey() {
        return survey;
    }

    LeavingDisks leaving() {
        return leaving;
    }

    ArrivingDisks arriving() {
        return arriving;
    }

    /** Finishes what an agent before has left, but for VMs in the middle of a migration. Blocks for as long as it takes. */
    void takeUp() {
        arriving.sweep();
        arriving.flattenAll(vm -> ledger.stand(vm) == Stand.IDLE);
        leaving.restoreAll(vm -> ledger.stand(vm) == Stand.IDLE);
    }

    @Override
    public void close() {
        leaving.close();
        receiver.ifPresent(it -> {
            try {
                it.close();
            } catch (IOException e) {
                LOG.warn("no more disks are taken, though the port does not close: {}", e.getMessage());
            }
        });
    }
}
