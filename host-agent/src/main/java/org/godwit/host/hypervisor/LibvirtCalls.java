package org.godwit.host.hypervisor;

import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.NativeLongByReference;
import com.sun.jna.ptr.PointerByReference;
import org.libvirt.jna.ConnectionPointer;
import org.libvirt.jna.DomainPointer;

/**
 * What libvirt-java lacks: a domain's state with its reason, the start of post-copy, the event that carries the numbers of a finished job, and what tells
 * whether a domain can run elsewhere.
 */
interface LibvirtCalls extends Library {

    LibvirtCalls LIBVIRT = Native.load("virt", LibvirtCalls.class);

    /** VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION. */
    int MIGRATION_ITERATION = 18;

    /** VIR_DOMAIN_EVENT_ID_JOB_COMPLETED. */
    int JOB_COMPLETED = 21;

    /** VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE: the error then names what is missing. */
    int FAIL_INCOMPATIBLE = 1;

    /** VIR_ERR_NO_DOMAIN. */
    int ERROR_NO_DOMAIN = 42;

    /** VIR_ERR_CPU_INCOMPATIBLE. */
    int ERROR_CPU_INCOMPATIBLE = 91;

    /** VIR_DOMAIN_STATS_DIRTYRATE. */
    int STATS_DIRTY_RATE = 1 << 9;

    /** VIR_UUID_STRING_BUFLEN. */
    int UUID_BYTES = 37;

    DomainPointer virDomainLookupByUUIDString(ConnectionPointer connection, String uuid);

    int virDomainGetState(DomainPointer domain, IntByReference state, IntByReference reason, int flags);

    int virDomainMigrateStartPostCopy(DomainPointer domain, int flags);

    int virDomainGetUUIDString(DomainPointer domain, byte[] text);

    int virDomainFree(DomainPointer domain);

    int virConnectDomainEventRegisterAny(ConnectionPointer connection, DomainPointer domain, int event,
            Callback callback, Pointer opaque, Pointer free);

    int virConnectCompareHypervisorCPU(ConnectionPointer connection, String emulator, String arch, String machine,
            String virtType, String cpuXml, int flags);

    int virConnectCompareCPU(ConnectionPointer connection, String cpuXml, int flags);

    /** @return to be freed; null after an error */
    Pointer virConnectGetDomainCapabilities(ConnectionPointer connection, String emulator, String arch, String machine,
            String virtType, int flags);

    int virDomainMigrateGetMaxSpeed(DomainPointer domain, NativeLongByReference mebibytesPerSecond, int flags);

    int virDomainStartDirtyRateCalc(DomainPointer domain, int seconds, int flags);

    /** @param domains an array that ends with null */
    int virDomainListGetStats(DomainPointer[] domains, int stats, PointerByReference records, int flags);

    void virDomainStatsRecordListFree(Pointer records);

    /** Of this thread's last call; never null. */
    String virGetLastErrorMessage();

    int virGetLastErrorCode();

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
