package org.godwit.host.hypervisor;

import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import org.libvirt.jna.ConnectionPointer;
import org.libvirt.jna.DomainPointer;

/** What libvirt-java lacks: a domain's state with its reason, and the event that carries the numbers of a finished job. */
interface LibvirtCalls extends Library {

    LibvirtCalls LIBVIRT = Native.load("virt", LibvirtCalls.class);

    /** VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION. */
    int MIGRATION_ITERATION = 18;

    /** VIR_DOMAIN_EVENT_ID_JOB_COMPLETED. */
    int JOB_COMPLETED = 21;

    /** VIR_UUID_STRING_BUFLEN. */
    int UUID_BYTES = 37;

    DomainPointer virDomainLookupByUUIDString(ConnectionPointer connection, String uuid);

    int virDomainGetState(DomainPointer domain, IntByReference state, IntByReference reason, int flags);

    int virDomainGetUUIDString(DomainPointer domain, byte[] text);

    int virDomainFree(DomainPointer domain);

    int virConnectDomainEventRegisterAny(ConnectionPointer connection, DomainPointer domain, int event,
            Callback callback, Pointer opaque, Pointer free);

    void virSetErrorFunc(Pointer opaque, ErrorCallback callback);

    /** virErrorFunc. */
    interface ErrorCallback extends Callback {
        void invoke(Pointer opaque, Pointer error);
    }

    /** virConnectDomainEventMigrationIterationCallback. */
    interface IterationCallback extends Callback {
        void invoke(ConnectionPointer connection, DomainPointer domain, int iteration, Pointer opaque);
    }

    /** virConnectDomainEventJobCompletedCallback. */
    interface JobCompletedCallback extends Callback {
        void invoke(ConnectionPointer connection, DomainPointer domain, Pointer parameters, int count, Pointer opaque);
    }
}
