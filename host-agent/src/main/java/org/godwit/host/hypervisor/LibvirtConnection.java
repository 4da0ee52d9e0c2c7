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
    record RawState(int state, int reason) {

        private static final RawState GONE = new RawState(-1, -1);
    }

    /** @throws HypervisorException when libvirt does not tell: that there is none only its own word says */
    RawState state(UUID uuid) {
        return state(vcp, uuid);
    }

    static RawState state(ConnectionPointer connection, UUID uuid) {
        return withDomain(connection, uuid, domain -> {
            IntByReference state = new IntByReference(-1);
            IntByReference reason = new IntByReference(-1);
            return LibvirtCalls.LIBVIRT.virDomainGetState(domain, state, reason, 0) == 0
                    ? Optional.of(new RawState(state.getValue(), reason.getValue()))
                    : absent();
        }).orElse(RawState.GONE);
    }

    /** Lets the running migration go on as post-copy. @return false when libvirt does not want to */
    boolean startPostCopy(UUID uuid) {
        return withDomain(vcp, uuid,
                domain -> Optional.of(LibvirtCalls.LIBVIRT.virDomainMigrateStartPostCopy(domain, 0) == 0))
                .orElse(false);
    }

    private static <T> Optional<T> withDomain(ConnectionPointer connection, UUID uuid,
            Function<DomainPointer, Optional<T>> call) {
        DomainPointer domain = LibvirtCalls.LIBVIRT.virDomainLookupByUUIDString(connection, uuid.toString());
        if (domain == null) {
            return absent();
        }
        try {
            return call.apply(domain);
        } finally {
            LibvirtCalls.LIBVIRT.virDomainFree(domain);
        }
    }

    /** After a call that failed. */
    private static <T> Optional<T> absent() {
        if (LibvirtCalls.LIBVIRT.virGetLastErrorCode() == LibvirtCalls.ERROR_NO_DOMAIN) {
            return Optional.empty();
        }
        throw new HypervisorException("libvirt does not tell how the domain is: "
                + LibvirtCalls.LIBVIRT.virGetLastErrorMessage());
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
