package org.godwit.host.hypervisor;

import static org.godwit.host.hypervisor.LibvirtCalls.LIBVIRT;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.NativeLongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;
import org.libvirt.jna.ConnectionPointer;
import org.libvirt.jna.DomainPointer;
import org.w3c.dom.Element;

/**
 * Asks a libvirt daemon, each time on a connection of its own: checks are rare, and must not wait for what else is asked.
 * Calls run on platform threads because libvirt keeps its last error per thread.
 */
public final class LibvirtFacts implements HypervisorFacts, AutoCloseable {

    private static final Duration ANSWER_TIME_MAX = Duration.ofSeconds(10);
    private static final int DIRTY_RATE_SECONDS = 1;
    private static final Duration DIRTY_RATE_TIME_MAX = Duration.ofSeconds(3);
    private static final Duration DIRTY_RATE_POLL = Duration.ofMillis(100);
    /** VIR_DOMAIN_DIRTYRATE_MEASURED. */
    private static final long MEASURED = 2;
    /** What libvirt says in place of "no limit" is far above: 2^63 bytes a second in MiB. */
    private static final long UNLIMITED_MEBIBYTES = 1L << 30;

    private final String uri;
    private final Transport transport;
    private final EmulatorCapabilities emulators;
    private final ExecutorService threads = Executors
            .newCachedThreadPool(Thread.ofPlatform().daemon().name("libvirt-facts-", 0).factory());

    /**
     * libvirt's event loop must run: {@link LibvirtHypervisor} starts it.
     *
     * @param transport of migrations from here
     */
    public LibvirtFacts(String uri, Transport transport, EmulatorCapabilities emulators) {
        this.uri = uri;
        this.transport = transport;
        this.emulators = emulators;
    }

    /** libvirt-java keeps its handle to itself and its subclasses. */
    private static final class Connection extends Connect {

        private Connection(String uri) throws LibvirtException {
            super(uri, false);
        }

        private ConnectionPointer pointer() {
            return vcp;
        }
    }

    private interface Question<T> {
        T ask(Connection connection) throws LibvirtException;
    }

    @Override
    public long emulatorVersion() {
        return answer("say its emulator's version", Connect::getVersion);
    }

    @Override
    public Optional<String> lackOfMachine(DomainNeeds needs) {
        return answer("say what it can run", connection -> {
            Pointer xml = LIBVIRT.virConnectGetDomainCapabilities(connection.pointer(), needs.emulator(), needs.arch(),
                    needs.machine(), needs.virtType(), 0);
            if (xml == null) {
                return Optional.of(LIBVIRT.virGetLastErrorMessage());
            }
            Native.free(Pointer.nativeValue(xml));
            return Optional.empty();
        });
    }

    /** The local daemon will do as this process does here: both are root's, and show the same certificate. */
    @Override
    public Optional<String> lackOfAccess(String libvirtUri) {
        return inTime("say whether it is let in at " + libvirtUri, () -> {
            try {
                transport.check(libvirtUri);
                new Connection(libvirtUri).close();
                return Optional.empty();
            } catch (IllegalArgumentException | LibvirtException e) {
                return Optional.of(String.valueOf(e.getMessage()));
            }
        });
    }

    @Override
    public CpuFit compareCpu(DomainNeeds needs) {
        return answer("compare CPUs", connection -> fit(LIBVIRT.virConnectCompareHypervisorCPU(connection.pointer(),
                needs.emulator(), needs.arch(), needs.machine(), needs.virtType(), needs.cpuXml(),
                LibvirtCalls.FAIL_INCOMPATIBLE)));
    }

    @Override
    public CpuFit compareHostCpu(String cpuXml) {
        return answer("compare CPUs", connection -> fit(LIBVIRT.virConnectCompareCPU(connection.pointer(), cpuXml,
                LibvirtCalls.FAIL_INCOMPATIBLE)));
    }

    /** virCPUCompareResult. */
    private static CpuFit fit(int result) {
        return switch (result) {
            case 0 -> new CpuFit(Fit.INCOMPATIBLE, "");
            case 1 -> new CpuFit(Fit.IDENTICAL, "");
            case 2 -> new CpuFit(Fit.SUPERSET, "");
            default -> {
                String message = LIBVIRT.virGetLastErrorMessage();
                if (LIBVIRT.virGetLastErrorCode() != LibvirtCalls.ERROR_CPU_INCOMPATIBLE) {
                    throw new HypervisorException(message);
                }
                yield new CpuFit(Fit.INCOMPATIBLE, message);
            }
        };
    }

    @Override
    public String hostCpu() {
        String capabilities = answer("say what it can do", Connect::getCapabilities);
        Element root = DomainXml.parse(capabilities).root();
        return DomainXml.child(root, "host").flatMap(host -> DomainXml.child(host, "cpu")).map(DomainXml::text)
                .orElseThrow(() -> new HypervisorException("libvirt does not say which CPU this host has"));
    }

    @Override
    public MigrationSupport migrationSupport(String emulator) {
        return new MigrationSupport(emulators.of(emulator), answer("say its version", Connect::getLibVersion));
    }

    @Override
    public boolean jobRuns(UUID uuid) {
        return answer("say what is done with " + uuid, connection -> {
            Domain domain = connection.domainLookupByUUID(uuid);
            try {
                return domain.getJobInfo().getType() != 0;
            } finally {
                domain.free();
            }
        });
    }

    @Override
    public OptionalLong bandwidthLimit(UUID uuid) {
        return answer("say the bandwidth limit of " + uuid, connection -> withDomain(connection, uuid, domain -> {
            NativeLongByReference speed = new NativeLongByReference();
            if (LIBVIRT.virDomainMigrateGetMaxSpeed(domain, speed, 0) < 0) {
                throw new HypervisorException(LIBVIRT.virGetLastErrorMessage());
            }
            long mebibytes = speed.getValue().longValue();
            return mebibytes <= 0 || mebibytes >= UNLIMITED_MEBIBYTES
                    ? OptionalLong.empty()
                    : OptionalLong.of(mebibytes << 20);
        }));
    }

    @Override
    public OptionalLong dirtyRate(UUID uuid) {
        return answer("sample the memory of " + uuid, connection -> withDomain(connection, uuid, domain -> {
            if (LIBVIRT.virDomainStartDirtyRateCalc(domain, DIRTY_RATE_SECONDS, 0) < 0) {
                return OptionalLong.empty();
            }
            for (Duration waited = Duration.ZERO; waited
                    .compareTo(DIRTY_RATE_TIME_MAX) < 0; waited = waited.plus(DIRTY_RATE_POLL)) {
                LockSupport.parkNanos(DIRTY_RATE_POLL.toNanos());
                JobNumbers numbers = statistics(domain);
                if (numbers.values().getOrDefault("dirtyrate.calc_status", 0L) == MEASURED) {
                    return OptionalLong.of(numbers.values().getOrDefault("dirtyrate.megabytes_per_second", 0L) << 20);
                }
            }
            return OptionalLong.empty();
        }));
    }

    private static JobNumbers statistics(DomainPointer domain) {
        PointerByReference records = new PointerByReference();
        int count = LIBVIRT.virDomainListGetStats(new DomainPointer[]{domain, null }, LibvirtCalls.STATS_DIRTY_RATE,
                records, 0);
        if (count < 1) {
            throw new HypervisorException(LIBVIRT.virGetLastErrorMessage());
        }
        try {
            // virDomainStatsRecord: virDomainPtr dom; virTypedParameterPtr params; int nparams.
            Pointer record = records.getValue().getPointer(0);
            return JobNumbers.of(record.getPointer(Native.POINTER_SIZE), record.getInt(2L * Native.POINTER_SIZE));
        } finally {
            LIBVIRT.virDomainStatsRecordListFree(records.getValue());
        }
    }

    private interface DomainQuestion<T> {
        T ask(DomainPointer domain);
    }

    private static <T> T withDomain(Connection connection, UUID uuid, DomainQuestion<T> question) {
        DomainPointer domain = LIBVIRT.virDomainLookupByUUIDString(connection.pointer(), uuid.toString());
        if (domain == null) {
            throw new HypervisorException(LIBVIRT.virGetLastErrorMessage());
        }
        try {
            return question.ask(domain);
        } finally {
            LIBVIRT.virDomainFree(domain);
        }
    }

    private <T> T answer(String what, Question<T> question) {
        return inTime(what, () -> {
            Connection connection = new Connection(uri);
            try {
                return question.ask(connection);
            } finally {
                connection.close();
            }
        });
    }

    private <T> T inTime(String what, Callable<T> question) {
        Future<T> answer = threads.submit(question);
        try {
            return answer.get(ANSWER_TIME_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException("stopped while libvirt was asked to " + what, e);
        } catch (TimeoutException e) {
            throw new HypervisorException("libvirt did not " + what + " within " + ANSWER_TIME_MAX.toSeconds() + " s",
                    e);
        } catch (ExecutionException e) {
            throw new HypervisorException("libvirt could not " + what + ": " + e.getCause().getMessage(), e.getCause());
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
