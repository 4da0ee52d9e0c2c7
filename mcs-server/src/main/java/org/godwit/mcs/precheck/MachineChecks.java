package org.godwit.mcs.precheck;

import java.util.Locale;
import org.godwit.model.Strategy;
import org.godwit.protocol.agent.CpuVerdict;
import org.godwit.protocol.agent.Hardware;
import org.godwit.protocol.agent.Memory;
import org.godwit.protocol.agent.SourceFacts;
import org.godwit.protocol.agent.TargetFacts;

/** What stands in for hardware. A VM that is not at the source has none; {@link Check#VM} tells of that. */
final class MachineChecks {

    /**
     * Earlier ones clear their dirty bits under TCG without telling the translator, and miss writes: 13 of 20 migrations of a
     * small guest lost memory (QEMU commit "physmem: Fix migration dirty bitmap coherency with TCG memory access").
     */
    private static final int TCG_KEEPS_MEMORY = 8_002_003;

    /** QEMU itself, and what the kernel keeps for each page: 1/512 of the memory in page tables. */
    private static final long OVERHEAD_BYTES = 128L << 20;
    private static final long PAGE_TABLE_PART = 512;
    private static final long SPARE_PART = 20;
    private static final double MEBIBYTE = 1 << 20;

    private MachineChecks() {}

    static void cpu(Facts facts, Findings findings) {
        hardware(facts, findings, (hardware, target, known) -> {
            switch (hardware.getCpuMode()) {
                case "custom" -> known.get(target, "cpu", TargetFacts::hasCpu, TargetFacts::getCpu, findings)
                        .ifPresent(cpu -> model(facts, cpu, findings));
                case "" -> {
                    // The machine type says which one it is.
                }
                case String _ -> hosts(facts, hardware, target, known, findings);
            }
        });
    }

    private static void model(Facts facts, CpuVerdict cpu, Findings findings) {
        switch (cpu.getFit()) {
            case CPU_IDENTICAL, CPU_SUPERSET -> {
                // libvirt will not ask for more.
            }
            case CPU_INCOMPATIBLE -> findings.error(
                    "host " + facts.journey().target() + " cannot offer the VM's CPU" + said(cpu.getMessage()),
                    "Give the VM a CPU model that all hosts have (virsh hypervisor-cpu-baseline), and restart it.");
            case CPU_FIT_INVALID, UNRECOGNIZED ->
                findings.unknown(facts.journey().target().text(), "its agent does not say how the CPU fits.");
        }
    }

    /** host-passthrough and maximum show the guest whatever is there. */
    private static void hosts(Facts facts, Hardware hardware, TargetFacts target, Facts.Known known,
            Findings findings) {
        if (boots(facts)) {
            return;
        }
        String remedy = "Give the VM a named CPU model, and restart it.";
        if (hardware.getVirtType().equals("qemu")) {
            // Then it is the emulator that makes the CPU.
            if (known.has("emulator_version", findings)
                    && hardware.getEmulatorVersion() != target.getEmulatorVersion()) {
                findings.warning("the VM's CPU is whatever its emulator can make (" + hardware.getCpuMode()
                        + "), and that of host " + facts.journey().target() + " is another version", remedy);
            }
            return;
        }
        known.get(target, "cpu", TargetFacts::hasCpu, TargetFacts::getCpu, findings).ifPresent(cpu -> {
            switch (cpu.getFit()) {
                case CPU_IDENTICAL -> {
                    // The guest will not notice.
                }
                case CPU_SUPERSET -> findings.warning("the VM sees the CPU of its host (" + hardware.getCpuMode()
                        + "), and that of host " + facts.journey().target() + " is another one with more features",
                        remedy);
                case CPU_INCOMPATIBLE -> findings.error("the VM sees the CPU of its host (" + hardware.getCpuMode()
                        + "), and that of host " + facts.journey().target() + " lacks features of it"
                        + said(cpu.getMessage()), remedy);
                case CPU_FIT_INVALID, UNRECOGNIZED ->
                    findings.unknown(facts.journey().target().text(), "its agent does not say how the CPU fits.");
            }
        });
    }

    static void machine(Facts facts, Findings findings) {
        hardware(facts, findings, (hardware, target, known) -> known
                .get(target, "machine", TargetFacts::hasMachine, TargetFacts::getMachine, findings)
                .filter(machine -> !machine.getGood())
                .ifPresent(machine -> findings.error(
                        "host " + facts.journey().target() + " does not offer the machine type "
                                + hardware.getMachine() + " of the VM" + said(machine.getMessage()),
                        "Install a newer QEMU there, or give the VM an older machine type and restart it.")));
    }

    /** Then it finds whatever CPU and emulator there are. */
    private static boolean boots(Facts facts) {
        return facts.journey().strategy() == Strategy.COLD;
    }

    static void emulator(Facts facts, Findings findings) {
        if (boots(facts)) {
            return;
        }
        facts.ofSource((source, _) -> {
            if (source.hasHardware() && source.getHardware().getVirtType().equals("qemu")
                    && source.getHardware().getEmulatorVersion() < TCG_KEEPS_MEMORY) {
                findings.warning("QEMU " + version(source.getHardware().getEmulatorVersion()) + " of host "
                        + facts.journey().source() + " without KVM (TCG) loses memory writes during a migration: the"
                        + " VM may crash on landing", "Install QEMU 8.2.3, 9.0 or later there, or use KVM.");
            }
        });
        hardware(facts, findings, (hardware, target, known) -> {
            if (known.has("emulator_version", findings)
                    && target.getEmulatorVersion() < hardware.getEmulatorVersion()) {
                findings.error("the emulator of host " + facts.journey().target() + " is "
                        + version(target.getEmulatorVersion()) + ", older than the source's, "
                        + version(hardware.getEmulatorVersion()), "Install the same version there, or a newer one.");
            }
        });
    }

    /**
     * A post-copy that breaks between the pause at the source and the first instruction at the target loses the VM: QEMU (10.0.2)
     * waits for a broken one to be taken up only when the VM runs. Until then its devices wait for the pages of their queues.
     * Without KVM, and with all memory still to come, that lasts long enough to be hit. Whoever names the strategy is told, and may; the
     * forecast never chooses it for him.
     */
    static void strategy(Facts facts, Findings findings) {
        MigrationNeeds.check(facts, findings);
        facts.ofSource((source, _) -> {
            if (!survivesBreaks(facts.journey().strategy(), source)) {
                findings.warning("host " + facts.journey().source()
                        + " runs the VM without KVM (TCG), so that after the pause it is long until it runs at the target,"
                        + " and it is lost when the link breaks until then", "Choose hybrid-copy, or use KVM.");
            }
        });
    }

    static boolean survivesBreaks(Strategy strategy, SourceFacts source) {
        return strategy != Strategy.POST_COPY || !source.getHardware().getVirtType().equals("qemu");
    }

    static void memory(Facts facts, Findings findings) {
        hardware(facts, findings, (hardware, target, known) -> known
                .get(target, "memory", TargetFacts::hasMemory, TargetFacts::getMemory, findings)
                .ifPresent(memory -> memory(facts, hardware.getMemoryBytes(), memory, findings)));
    }

    private static void memory(Facts facts, long wanted, Memory memory, Findings findings) {
        long needed = wanted + wanted / PAGE_TABLE_PART + OVERHEAD_BYTES;
        long left = memory.getAvailableBytes() - needed;
        String remedy = "Move other VMs away from it, or choose another host.";
        if (left < 0) {
            findings.error("host %s has %s of memory left, and the VM needs %s with what belongs to it".formatted(
                    facts.journey().target(), mebibytes(memory.getAvailableBytes()), mebibytes(needed)), remedy);
        } else if (left < memory.getTotalBytes() / SPARE_PART) {
            findings.warning("host %s will have only %s of memory left, less than a twentieth".formatted(
                    facts.journey().target(), mebibytes(left)), remedy);
        }
    }

    interface HardwareCheck {
        void of(Hardware hardware, TargetFacts target, Facts.Known known);
    }

    /** Of a VM that is there: what its hardware needs of the target. */
    static void hardware(Facts facts, Findings findings, HardwareCheck check) {
        facts.ofSource((source, ofSource) -> {
            if (source.getDomain().getMemoryBytes() > 0) {
                ofSource.get(source, "hardware", SourceFacts::hasHardware, SourceFacts::getHardware, findings)
                        .ifPresent(hardware -> facts
                                .ofTarget((target, ofTarget) -> check.of(hardware, target, ofTarget)));
            }
        });
    }

    private static String said(String message) {
        return message.isEmpty() ? "" : ": " + message;
    }

    /** libvirt's number in the usual words. */
    static String version(int number) {
        return number / 1_000_000 + "." + number / 1000 % 1000 + "." + number % 1000;
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.0f MiB", bytes / MEBIBYTE);
    }
}
