package org.godwit.host.hypervisor;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/**
 * What a hypervisor can say about domains that run here or shall. Nothing is changed. Every call ends in bounded time, or throws
 * {@link HypervisorException} with a sentence.
 */
public interface HypervisorFacts {

    /** How the CPU of this host, or of its emulator, fits. {@code message}: what is missing; empty unless incompatible. */
    record CpuFit(Fit fit, String message) {}

    /** libvirt's answers. */
    enum Fit {
        IDENTICAL, SUPERSET, INCOMPATIBLE
    }

    /** libvirt's number: 10000002 is 10.0.2. */
    long emulatorVersion();

    /** Why this host does not offer the machine; empty when it does. */
    Optional<String> lackOfMachine(DomainNeeds needs);

    /** What keeps this host out of another one's libvirt, in libvirt's words; empty when it is let in, as for a migration. */
    Optional<String> lackOfAccess(String libvirtUri);

    /** Whether a domain with this CPU can run here: what the emulator can make is compared, not what the host has. */
    CpuFit compareCpu(DomainNeeds needs);

    /** Compares this host's own CPU with another host's. */
    CpuFit compareHostCpu(String cpuXml);

    /** This host's own CPU, to be compared elsewhere. */
    String hostCpu();

    /**
     * What this host can do with a VM on its way.
     *
     * @param capabilities in QEMU's words: auto-converge, multifd
     * @param libvirtVersion libvirt's number: 9004000 is 9.4.0
     */
    record MigrationSupport(Set<String> capabilities, long libvirtVersion) {}

    /** @param emulator its file */
    MigrationSupport migrationSupport(String emulator);

    /** Whether libvirt has a job with the domain. */
    boolean jobRuns(UUID domain);

    /** In bytes a second, sampled by QEMU for a second; empty when this version cannot. */
    OptionalLong dirtyRate(UUID domain);

    /** In bytes a second; empty without a limit. */
    OptionalLong bandwidthLimit(UUID domain);
}
