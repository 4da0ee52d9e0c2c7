package org.godwit.host.hypervisor;

import com.sun.jna.Native;
import com.sun.jna.ptr.IntByReference;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.godwit.host.hypervisor.Hypervisor.MigrationEvents;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;
import org.libvirt.event.DomainEvent;
import org.libvirt.event.DomainEventType;
import org.libvirt.event.ResumedDetail;
import org.libvirt.event.StartedDetail;
import org.libvirt.event.SuspendedDetail;
import org.libvirt.jna.ConnectionPointer;
import org.libvirt.jna.DomainPointer;

/** One connection to a libvirt daemon, with its events. libvirt's client lets several threads call at once. */
final class LibvirtConnection extends Connect {

    // A dead daemon or network is noticed within 5 s x 3; without it a call to a dead peer hangs for ever.
    private static final int KEEPALIVE_INTERVAL_SECONDS = 5;
    private static final int KEEPALIVE_COUNT = 3;

    // Native code holds only the callbacks' addresses: these fields keep them from being collected.
    private final LibvirtCalls.JobCompletedCallback jobCompleted;
    private final LibvirtCalls.IterationCallback iterationBegun;

    /**
     * @param iterations told when a migration begins an iteration
     * @param jobs told when a job has completed; all on libvirt's event thread, as the events are
     */
    LibvirtConnection(String uri, MigrationEvents events, Consumer<UUID> iterations,
            BiConsumer<UUID, JobNumbers> jobs) throws LibvirtException {
        super(uri, false);
        iterationBegun = (_, domain, _, _) -> iterations.accept(uuid(domain));
        jobCompleted = (_, domain, parameters, count, _) -> jobs.accept(uuid(domain),
                JobNumbers.of(parameters, count));
        setKeepAlive(KEEPALIVE_INTERVAL_SECONDS, KEEPALIVE_COUNT);
        addLifecycleListener((domain, event) -> tell(domain, event, events));
        LibvirtCalls.LIBVIRT.virConnectDomainEventRegisterAny(vcp, null, LibvirtCalls.MIGRATION_ITERATION,
                iterationBegun, null, null);
        LibvirtCalls.LIBVIRT.virConnectDomainEventRegisterAny(vcp, null, LibvirtCalls.JOB_COMPLETED, jobCompleted, null,
                null);
    }

    /** One without events. */
    static Connect plain(String uri) throws LibvirtException {
        Connect connection = new Connect(uri, false);
        connection.setKeepAlive(KEEPALIVE_INTERVAL_SECONDS, KEEPALIVE_COUNT);
        return connection;
    }

    /** State and reason as numbers; both -1 when the domain has gone meanwhile. */
    record RawState(int state, int reason) {}

    RawState state(UUID uuid) {
        return withDomain(uuid, domain -> {
            IntByReference state = new IntByReference(-1);
            IntByReference reason = new IntByReference(-1);
            LibvirtCalls.LIBVIRT.virDomainGetState(domain, state, reason, 0);
            return new RawState(state.getValue(), reason.getValue());
        }).orElse(new RawState(-1, -1));
    }

    /** Lets the running migration go on as post-copy. @return false when libvirt does not want to */
    boolean startPostCopy(UUID uuid) {
        return withDomain(uuid, domain -> LibvirtCalls.LIBVIRT.virDomainMigrateStartPostCopy(domain, 0) == 0)
                .orElse(false);
    }

    private <T> Optional<T> withDomain(UUID uuid, Function<DomainPointer, T> call) {
        ConnectionPointer connection = vcp;
        DomainPointer domain = LibvirtCalls.LIBVIRT.virDomainLookupByUUIDString(connection, uuid.toString());
        if (domain == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(call.apply(domain));
        } finally {
            LibvirtCalls.LIBVIRT.virDomainFree(domain);
        }
    }

    /** Of the details, libvirt-java (0.5) does not know those of post-copy, and no others: they come as unknown. */
    private static int tell(Domain domain, DomainEvent event, MigrationEvents events) {
        try {
            if (event.getType() == DomainEventType.STARTED && event.getDetail() == StartedDetail.MIGRATED) {
                events.arriving(UUID.fromString(domain.getUUIDString()));
            } else if (event.getType() == DomainEventType.SUSPENDED && (event.getDetail() == SuspendedDetail.MIGRATED
                    || event.getDetail() == SuspendedDetail.UNKNOWN)) {
                events.pausedForSwitchover(UUID.fromString(domain.getUUIDString()));
            } else if (event.getType() == DomainEventType.RESUMED && (event.getDetail() == ResumedDetail.MIGRATED
                    || event.getDetail() == ResumedDetail.UNKNOWN)) {
                events.resumedAfterSwitchover(UUID.fromString(domain.getUUIDString()));
            }
            return 0;
        } catch (LibvirtException e) {
            throw new HypervisorException("an event names a domain without a UUID", e);
        }
    }

    private static UUID uuid(DomainPointer domain) {
        byte[] text = new byte[LibvirtCalls.UUID_BYTES];
        LibvirtCalls.LIBVIRT.virDomainGetUUIDString(domain, text);
        return UUID.fromString(Native.toString(text));
    }
}
